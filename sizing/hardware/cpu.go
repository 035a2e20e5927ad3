package hardware

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/jaypipes/ghw/pkg/cpu"

	"github.com/implycheck/implycheck/internal/text"
)

// threads says how many hardware threads share a core: Java and Druid count threads,
// and two on one core do not scan twice as fast.
func (h *Host) threads(root string, info *cpu.Info) {
	if readText(root, "/sys/devices/system/cpu/cpu0/topology/core_id") == "" {
		return // ghw takes all threads for one core then
	}
	cores, threads := int64(info.TotalCores), int64(info.TotalHardwareThreads)
	if cores > 0 && threads > cores {
		h.leave("hyper-threads", "/sys/devices/system/cpu", cores, "%d cores run %d threads, which Java counts as cores: expect the speed of %d, not of %d", cores, threads, cores, threads)
	}
}

// nodes says of what memory a processor has its own. Nothing is computed with it: a
// heap on several nodes is slower, and no smaller.
func (h *Host) nodes(root string) {
	const dir = "/sys/devices/system/node"
	found, _ := filepath.Glob(filepath.Join(root, dir, "node[0-9]*"))
	if len(found) < 2 {
		return
	}
	var list []string
	for _, node := range found {
		if bytes := nodeMemory(readText(root, dir+"/"+filepath.Base(node)+"/meminfo")); bytes > 0 {
			list = append(list, fmt.Sprintf("%s %s", filepath.Base(node), text.About(bytes)))
		}
	}
	slices.Sort(list)
	what := fmt.Sprintf("%d", len(found))
	if len(list) > 0 {
		what += ": " + strings.Join(list, ", ")
	}
	h.leave("NUMA nodes", dir, int64(len(found)), "%s; sizes do not depend on it, and -XX:+UseNUMA spreads a heap over them", what)
}

// nodeMemory reads "Node 0 MemTotal: 65886404 kB".
func nodeMemory(meminfo string) int64 {
	for line := range strings.Lines(meminfo) {
		if fields := strings.Fields(line); len(fields) > 3 && fields[2] == "MemTotal:" {
			return parseAmount(fields[3]) << 10
		}
	}
	return 0
}
