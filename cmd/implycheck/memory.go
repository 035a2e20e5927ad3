package main

import "runtime/debug"

const (
	// gentleMemory is where garbage is collected more often instead of taking more:
	// 64 MB with the program itself. Few configurations need as much.
	gentleMemory = 48 << 20
	// memoryOfTree is what each of many trees adds: its findings stay to the end.
	memoryOfTree = 32 << 10
	// fleetMemory is what the largest fleet gets: 100 MB with the program itself.
	fleetMemory = 80 << 20
)

// saveTime makes the collector go easy on a run that lives for milliseconds and holds
// little: at its usual rate it would cost a fleet a third of the time.
func saveTime(trees int) {
	debug.SetGCPercent(400)
	debug.SetMemoryLimit(int64(min(gentleMemory+trees*memoryOfTree, fleetMemory)))
}
