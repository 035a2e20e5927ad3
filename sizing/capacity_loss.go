package sizing

// dataLosses are what is left of n Data servers without one.
func (d Demand) dataLosses(gives dataServer, n int64) []Loss {
	left := func(each int64) int64 { return mulDivUp(n-1, each, 1) }
	losses := []Loss{
		{"a copy of every segment", d.Replication - 1, 1, UnitCount},
		{"room for all copies", left(gives.cache), d.copies(), UnitBytes},
		{"a server for each copy", n - 1, d.Replication, UnitCount},
	}
	if d.hot() > 0 {
		losses = append(losses, Loss{"hot data in memory", left(d.pages(gives)), d.hot(), UnitMemory})
	}
	if d.cores() > 0 {
		losses = append(losses, Loss{"cores", left(gives.threads * 100), d.cores(), UnitHundredths})
	}
	return append(losses, Loss{"task slots", left(gives.slots), d.slots(), UnitCount})
}

// queryLosses are what is left without one Broker: Data servers that the others
// are good for.
func (d Demand) queryLosses(data, n int64) []Loss {
	return []Loss{
		{"a Broker", n - 1, 1, UnitCount},
		{"Brokers for all Data servers", mulDivUp(n-1, d.assume(assumeDataPerBroker), 1), data, UnitCount},
	}
}

// masterLosses are what is left without one Master; where there are but two,
// ZooKeeper runs elsewhere.
func masterLosses(n int64) []Loss {
	losses := []Loss{{"a Coordinator and an Overlord", n - 1, 1, UnitCount}}
	if n > 2 {
		losses = append(losses, Loss{"a majority of ZooKeepers", n - 1, n/2 + 1, UnitCount})
	}
	return losses
}
