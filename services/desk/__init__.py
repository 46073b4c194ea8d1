"""What pages of the desk show of cases, and what they say before something is done: read here, told by nobody."""
