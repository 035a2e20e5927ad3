package report

import (
	"github.com/implycheck/implycheck/sizing"
)

const (
	mib = 1 << 20
	gib = 1 << 30
)

func figure(key, value, formula, source string, inputs ...sizing.Input) sizing.Figure {
	return sizing.Figure{Key: key, Value: value, Formula: formula, Inputs: inputs, Source: source}
}

func planFor(target string, servers ...sizing.Server) *sizing.Plan {
	p := &sizing.Plan{Servers: servers, Flags: []sizing.Figure{
		figure("-XX:+UseG1GC", "", "short pauses on large heaps", "tuning guide"), figure("-Duser.timezone", "UTC", "Druid's times are in UTC", "tuning guide"),
	}}
	p.Target.Name = target
	return p
}

// completed fills in what follows from the processes of a server.
func completed(s sizing.Server) sizing.Server {
	for _, p := range s.Processes {
		s.Committed += p.Memory()
	}
	s.Free = s.Machine.Memory - s.Committed - s.Reserved
	return s
}

// smallCluster has a figure of every shape and a part of every kind.
func smallCluster() *sizing.Plan {
	return planFor("imply-3.0.19",
		completed(sizing.Server{
			Role:      "data",
			Machine:   sizing.Machine{Name: "i3.2xlarge", Cores: 8, Memory: 61 * gib, Disks: []sizing.Disk{{Size: 1_900_000_000_000, Kind: "nvme-ssd", Mount: "/mnt/nvme0"}}},
			Processes: []sizing.Process{historicalProcess(), managerProcess()},
			Reserved:  4 * gib, Segments: 1_710_000_000_000,
			Notes: []string{"The disk of an i3 is gone when the instance stops; Druid loads its segments again from deep storage."},
		}),
		completed(sizing.Server{
			Role:    "master",
			Machine: sizing.Machine{Cores: 4, Memory: 16 * gib},
			Processes: []sizing.Process{
				{Service: "coordinator", Heap: 3 * gib, Figures: []sizing.Figure{figure("-Xmx", "3g", "a fifth of 16 GiB", "conf of Imply 2.7.8")}},
				{Service: "zookeeper", Heap: 2 * gib, Figures: []sizing.Figure{
					figure("-Xmx", "2g", "an eighth of 16 GiB", "conf of Imply 2.7.8"),
					figure("autopurge.purgeInterval", "1", "every hour", "ZooKeeper administrator's guide"),
				}},
			},
		}),
	)
}

func historicalProcess() sizing.Process {
	return sizing.Process{Service: "historical", Heap: 8 * gib, Direct: 8 * gib, Figures: []sizing.Figure{
		figure("-Xmx", "8g", "1 GiB x 8 cores", "conf of Imply 2.7.8", sizing.Input{Name: "cores", Value: "8"}),
		figure("-XX:MaxDirectMemorySize", "8g", "5 GiB = 512 MiB x (7 threads + 2 merge buffers + 1), with room", "DruidProcessingModule"),
		figure("-XX:+ExitOnOutOfMemoryError", "", "a process without memory is worse than none", ""),
		figure("druid.processing.buffer.sizeBytes", "536870912", "512 MiB for each thread and merge buffer", "conf of Imply 2.7.8"),
		figure("druid.cache.sizeInBytes", "2000000000", "a quarter of 8 GiB, in a round number", "conf of Imply 2.7.8"),
		figure("druid.segmentCache.locations", `[{"path":"/mnt/nvme0/druid/segment-cache","maxSize":1710000000000}]`,
			"nine tenths of the disk, 1.9 TB", "docs/operations/basic-cluster-tuning.md"),
		figure("druid.server.maxSize", "1710000000000", "", ""),
	}}
}

func managerProcess() sizing.Process {
	return sizing.Process{Service: "middleManager", Heap: 64 * mib, Tasks: 3, TaskHeap: 2 * gib, TaskDirect: 1 * gib, Figures: []sizing.Figure{
		figure("-Xmx", "64m", "it only starts tasks", "conf of Imply 2.7.8"),
		figure("druid.worker.capacity", "3", "8 cores: 3", "the templates of Druid and Imply"),
		figure("druid.indexer.runner.javaOptsArray",
			`["-server","-Xms2g","-Xmx2g","-XX:MaxDirectMemorySize=1g","-XX:+ExitOnOutOfMemoryError","-Duser.timezone=UTC"]`,
			"heap 2 GiB, direct memory 1 GiB", "conf of Imply 2.7.8"),
		figure("druid.indexer.fork.property.druid.processing.buffer.sizeBytes", "100000000", "100 MB", "docs/operations/basic-cluster-tuning.md"),
	}}
}

// hostilePlan tries to write to the terminal, the page and the ticket from every text.
func hostilePlan() *sizing.Plan {
	const evil = "a\x1b[2Jb\u202ec\u00a0\xff\r\n# `|*_</td><script>alert(1)</script>\\"
	process := sizing.Process{Service: evil, Heap: gib, Figures: []sizing.Figure{
		figure("-X"+evil, evil, evil, evil, sizing.Input{Name: evil, Value: evil}),
		figure("druid."+evil, evil, evil, evil),
	}}
	return planFor(evil, completed(sizing.Server{
		Role: evil, Machine: sizing.Machine{Name: evil, Cores: 1, Memory: 2 * gib, Disks: []sizing.Disk{{Size: 1, Kind: evil, Mount: evil}}},
		Processes: []sizing.Process{process}, Notes: []string{evil},
	}))
}
