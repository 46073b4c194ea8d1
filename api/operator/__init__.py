"""The operator's endpoints: what people and their systems ask of cases over HTTP."""
