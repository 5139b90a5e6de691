// Every word the desk shows that depends on data.
export const URGENCIES = { emergency: "Nguy cấp", urgent: "Khẩn", concern: "Đáng lo", info: "Hỏi thông tin", none: "Xin gặp người" };
export const STATES = { pending: "đang gửi", sending: "đang gửi", sent: "đã gửi", unknown: "không rõ", failed: "không gửi được" };
export const AUTHORS = {
  person: "Người nhắn", assistant: "Trợ lý máy", operator: "Người trực",
  automatic: "Tin tự động", notice: "Thông báo", note: "Ghi chú nội bộ",
};
export const CHANNELS = { web: "Trang web", telegram: "Telegram", terminal: "Máy trạm" };
// What the person sent that nobody keeps: the server gives the kind alone.
export const KINDS = {
  "[photo]": "Đã gửi ảnh – không lưu", "[video]": "Đã gửi video – không lưu", "[voice]": "Đã gửi tin thoại – không lưu",
  "[sticker]": "Đã gửi nhãn dán", "[file]": "Đã gửi tệp – không lưu", "[edit]": "Đã sửa tin", "[other]": "Tin không đọc được",
};
export const PHRASES = [
  "Chào bạn, mình là người trực của Chở Che. Mình đang đọc tin của bạn đây.",
  "Lúc này bạn có đang ở chỗ an toàn không?",
  "Có ai làm bạn sợ đang ở gần không? Không tiện viết thì bạn chỉ cần nhắn “có” hoặc “không”.",
  "Cảm ơn bạn đã kể với mình. Chuyện này không phải lỗi của bạn.",
  "Bạn cứ kể theo cách của bạn, tới đâu cũng được. Mình vẫn ở đây.",
  "Bạn có bị đau hay bị thương ở đâu không? Nếu nặng, bạn gọi 115 ngay nhé.",
  "Nếu đang bị đánh hay đe dọa, bạn gọi 113 ngay, rồi gọi 111 – miễn phí, cả ngày lẫn đêm.",
  "Có chuyện mình cần nhờ thêm người để bạn được an toàn. Mình sẽ cố gắng nói với bạn trước.",
];

export function holder(item) {
  if (item.state === "queue") return "Chờ nhận";
  return item.mine ? "Bạn đang giữ" : `${item.operator ?? "Đồng nghiệp"} đang giữ`;
}

export function channel(item) {
  return CHANNELS[item.channel] ?? item.channel;
}

export function clock(since) {
  const seconds = Math.max(0, Math.floor((Date.now() - Date.parse(since)) / 1000));
  const pair = (value) => String(value).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60)];
  return hours ? `${hours}:${pair(minutes % 60)}:${pair(seconds % 60)}` : `${pair(minutes)}:${pair(seconds % 60)}`;
}
