"""Letters: e-mail, text message and PDF, made from one wording per letter and language."""
