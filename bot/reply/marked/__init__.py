"""The marked copy: the sender's own workbook, patched part by part and never loaded."""
