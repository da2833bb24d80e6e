"""What joins the ledger and identity into one service; `server` puts it together."""
