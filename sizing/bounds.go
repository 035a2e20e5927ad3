package sizing

// The most that a request may say. More is a slip of the finger, and numbers that large
// overflow.
const (
	MostBrokers     = 10_000
	MostDataServers = 100_000
	MostSegments    = 1_000_000_000
	MostCores       = 100_000
)
