"""The drill: a scenario, made from a seed, that is played into the ledger as 訓練 events."""
