package sizing

// Machine is the hardware of a server. Zero means that it is not known.
type Machine struct {
	Cores int64
	// Memory is the RAM and Disk the space for segments, in bytes.
	Memory int64
	Disk   int64
}
