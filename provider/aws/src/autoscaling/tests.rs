//! Requests as they go out, answers as AWS gives them.
