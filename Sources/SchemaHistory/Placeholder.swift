enum SchemaHistoryPlaceholder {}
