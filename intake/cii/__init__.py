"""E-invoices in CII (Factur-X, ZUGFeRD, XRechnung), read into the same values as UBL."""
