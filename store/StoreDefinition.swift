enum StoreDefinition {}
