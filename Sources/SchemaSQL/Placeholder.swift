enum SchemaSQLPlaceholder {}
