"""What is added to Rasa: one graph component, travelling state, actions in process, the turn server."""
