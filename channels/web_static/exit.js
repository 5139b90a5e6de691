// Leaves at once: the page, its memory and its place in the history are gone.
const ELSEWHERE = "https://www.google.com.vn/search?q=th%E1%BB%9Di+ti%E1%BA%BFt+h%C3%B4m+nay";
const TWICE_WITHIN_MS = 1500;
let lastEscape = 0;

function leave() {
  navigator.sendBeacon("/chat/leave");
  sessionStorage.clear();
  document.body.replaceChildren();
  location.replace(ELSEWHERE);
}

document.getElementById("exit").addEventListener("click", leave);
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  if (event.timeStamp - lastEscape < TWICE_WITHIN_MS) leave();
  lastEscape = event.timeStamp;
});
