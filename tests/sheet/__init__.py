"""Sheets: from the bytes of a workbook to tables."""
