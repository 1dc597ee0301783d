"""The desk: pages on which hub leaders and the office see and do what is theirs; server-rendered, without JavaScript."""
