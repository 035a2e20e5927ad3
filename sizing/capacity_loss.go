package sizing

import "fmt"

// left is what is left of n servers when as many are lost as a plan is for: some
// servers, or one of several zones.
func (d Demand) left(n int64) int64 {
	lost := d.assume(assumeLost)
	if zones := d.assume(assumeZones); zones > 1 {
		lost = max(lost, mulDivUp(n, 1, zones))
	}
	return max(0, n-lost)
}

// surviving is the smallest number of servers of which so many are left.
func (d Demand) surviving(n int64) int64 {
	count := addUp(n, d.assume(assumeLost))
	if zones := d.assume(assumeZones); zones > 1 {
		count = max(count, mulDivUp(n, zones, zones-1))
	}
	return count
}

// lost is the loss that a plan is for, for people.
func (d Demand) lost() string {
	n, zones := d.assume(assumeLost), d.assume(assumeZones)
	switch {
	case zones > 1:
		return fmt.Sprintf("a zone of %d lost", zones)
	case n == 1:
		return "one lost"
	}
	return fmt.Sprintf("%d lost", n)
}

// more says by how much the servers of a limit are more than it needs.
func (d Demand) more() string {
	n, zones := d.assume(assumeLost), d.assume(assumeZones)
	switch {
	case zones > 1:
		return fmt.Sprintf("on the servers of %d of %d zones", zones-1, zones)
	case n == 0:
		return "with none lost"
	case n == 1:
		return "and one more"
	}
	return fmt.Sprintf("and %d more", n)
}

// need is something that servers give together, each a part.
type need struct {
	name       string
	each, need int64
	unit       Unit
}

// dataNeeds are what the Data servers that are left must have together.
func (d Demand) dataNeeds(gives dataServer) []need {
	needs := []need{{"room for all copies", gives.cache, d.copies(), UnitBytes}}
	if d.hot() > 0 {
		needs = append(needs, need{"hot data in memory", d.pages(gives), d.hot(), UnitMemory})
	}
	if d.cores() > 0 {
		needs = append(needs, need{"cores", gives.threads * 100, d.cores(), UnitHundredths})
	}
	return append(needs, need{"task slots", max(1, gives.slots), d.slots(), UnitCount})
}

// lossLimit is the number of servers of which enough are left for every need, by the
// one that asks for the most.
func (d Demand) lossLimit(needs []need) Limit {
	l := Limit{Name: d.lost(), Source: "derived: the servers that are left do everything"}
	for _, n := range needs {
		if count := d.surviving(mulDivUp(n.need, 1, n.each)); count > l.Count {
			l.Count = count
			l.Formula = fmt.Sprintf("%s: %s / %s, %s", n.name, n.unit.Format(n.need), n.unit.Format(n.each), d.more())
		}
	}
	return l
}

// dataLosses are what is left of n Data servers.
func (d Demand) dataLosses(gives dataServer, n int64) []Loss {
	left := d.left(n)
	losses := []Loss{
		{"a copy of every segment", max(0, d.Replication-max(1, d.assume(assumeLost))), 1, UnitCount},
		{"a server for each copy", left, d.Replication, UnitCount},
	}
	for _, need := range d.dataNeeds(gives) {
		losses = append(losses, Loss{need.name, mulDivUp(left, need.each, 1), need.need, need.unit})
	}
	return losses
}

// queryLosses are what is left of n Brokers: Data servers that the others are good
// for.
func (d Demand) queryLosses(data, n int64) []Loss {
	return []Loss{
		{"a Broker", d.left(n), 1, UnitCount},
		{"Brokers for all Data servers", mulDivUp(d.left(n), d.assume(assumeDataPerBroker), 1), data, UnitCount},
	}
}

// masterLosses are what is left of n Masters; where there are but two, ZooKeeper runs
// elsewhere.
func (d Demand) masterLosses(n int64) []Loss {
	losses := []Loss{{"a Coordinator and an Overlord", d.left(n), 1, UnitCount}}
	if n > 2 {
		losses = append(losses, Loss{"a majority of ZooKeepers", d.left(n), n/2 + 1, UnitCount})
	}
	return losses
}
