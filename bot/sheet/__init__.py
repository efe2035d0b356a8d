"""From the bytes of a workbook to tables: content, workbook, identify, table. Pure."""
