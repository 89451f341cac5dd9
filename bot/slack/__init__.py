"""The staff's Slack: cards, forms, who may act, and the line to Slack. Imported only where Slack is configured."""
