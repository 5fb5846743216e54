enum ImportersPlaceholder {}
