package preflight

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/rules"
)

func kernelChecks() []*Check { return []*Check{liveMapCount, liveSwap, liveTHP, liveEntropy} }

var liveMapCount = &Check{
	Rule: rules.Rule{
		ID: "live-max-map-count", Severity: finding.Warning,
		Title:  "Too few memory maps for segments.",
		Why:    "Every column file of a segment is mapped; the kernel allows 65530 maps a process unless it is told otherwise.",
		Effect: "java.io.IOException: Map failed, and segments that cannot be loaded, when there are tens of thousands of them.",
		Fix:    "Set vm.max_map_count=262144 in /etc/sysctl.d.",
		Source: "docs/operations/basic-cluster-tuning.md (Linux limits, vm.max_map_count)",
	},
	Needs: func(p *Pass) []Need { return p.kernelNeed("memory maps", (*Pass).keeps) },
	Known: func(p *Pass, a Asked) {
		const path = "/proc/sys/vm/max_map_count"
		n, err := strconv.ParseInt(a.Host.Settings[path], 10, 64)
		current := fmt.Sprintf("vm.max_map_count %d", n)
		switch {
		case err != nil:
			p.Unknown(a, "262144", a.unread(path))
		case n < 262144:
			p.Warn(a, "262144", current, "vm.max_map_count is %d: a process can map that many files of segments", n)
		default:
			p.Pass(a, "262144", current)
		}
	},
}

var liveSwap = &Check{
	Rule: rules.Rule{
		ID: "live-swap", Severity: finding.Warning,
		Title:  "A machine that keeps segments or runs tasks, and swaps.",
		Why:    "The page cache of mapped segments presses heaps out to disk, and a collector walks all of a heap.",
		Effect: "Pauses of seconds to minutes; ZooKeeper's sessions end, and segments move to other servers.",
		Fix:    "Run swapoff -a and take swap out of /etc/fstab, or set vm.swappiness=1.",
		Source: "docs/operations/basic-cluster-tuning.md (swap)",
	},
	Needs: func(p *Pass) []Need { return p.kernelNeed("swap", (*Pass).keeps) },
	Known: func(p *Pass, a Asked) {
		const path = "/proc/swaps"
		swappiness := a.Host.Settings["/proc/sys/vm/swappiness"]
		switch {
		case a.Host.Unread[path] != "":
			p.Unknown(a, "none", a.unread(path))
		case len(a.Host.Swaps) == 0:
			p.Pass(a, "none", "none")
		case swappiness == "0" || swappiness == "1":
			p.Pass(a, "none, or vm.swappiness at most 1", fmt.Sprintf("%s, vm.swappiness %s", strings.Join(a.Host.Swaps, ", "), swappiness))
		default:
			p.Warn(a, "none, or vm.swappiness at most 1", fmt.Sprintf("%s, vm.swappiness %s", strings.Join(a.Host.Swaps, ", "), swappiness),
				"swap is on (%s) with vm.swappiness %s", strings.Join(a.Host.Swaps, ", "), swappiness)
		}
	},
}

var liveTHP = &Check{
	Rule: rules.Rule{
		ID: "live-transparent-huge-pages", Severity: finding.Warning,
		Title:  "Transparent huge pages for everything.",
		Why:    "The kernel stops processes to make pages of 2 MB of their memory, be it asked to or not.",
		Effect: "Pauses that no log explains, and more memory than the heap says.",
		Fix:    "echo madvise > /sys/kernel/mm/transparent_hugepage/enabled, at every start.",
		Source: "apache/druid#4792; Linux, Documentation/admin-guide/mm/transhuge.rst",
	},
	Needs: func(p *Pass) []Need { return p.kernelNeed("transparent huge pages", (*Pass).keeps) },
	Known: func(p *Pass, a Asked) {
		const path = "/sys/kernel/mm/transparent_hugepage/enabled"
		setting := a.Host.Settings[path]
		_, rest, _ := strings.Cut(setting, "[")
		chosen, _, _ := strings.Cut(rest, "]")
		switch {
		case setting == "":
			p.Unknown(a, "madvise or never", a.unread(path))
		case chosen == "always":
			p.Warn(a, "madvise or never", chosen, "transparent huge pages are always on")
		default:
			p.Pass(a, "madvise or never", chosen)
		}
	},
}

var liveEntropy = &Check{
	Rule: rules.Rule{
		ID: "live-entropy", Severity: finding.Warning,
		Title:  "An old kernel with little randomness.",
		Why:    "Before Linux 5.6 reading /dev/random waits until there is enough, and Java reads it for TLS.",
		Effect: "Processes hang for minutes when they start.",
		Fix:    "Run rngd or haveged, or start Java with -Djava.security.egd=file:/dev/urandom.",
		Source: "random(4) and Linux commit 30c08efec888 (5.6)",
	},
	Needs: func(p *Pass) []Need { return p.kernelNeed("randomness", always) },
	Known: func(p *Pass, a Asked) {
		const path = "/proc/sys/kernel/random/entropy_avail"
		var major, minor int
		_, err := fmt.Sscanf(a.Host.Kernel, "%d.%d", &major, &minor)
		entropy, bad := strconv.Atoi(a.Host.Settings[path])
		const required = "200 bits, or Linux 5.6"
		switch {
		case err != nil || bad != nil:
			p.Unknown(a, required, path+" or the kernel's version cannot be read")
		case major > 5 || major == 5 && minor >= 6:
			p.Pass(a, required, "Linux "+a.Host.Kernel)
		case entropy < 200:
			p.Warn(a, required, fmt.Sprintf("%d bits, Linux %s", entropy, a.Host.Kernel), "the kernel has %d bits of randomness", entropy)
		default:
			p.Pass(a, required, fmt.Sprintf("%d bits, Linux %s", entropy, a.Host.Kernel))
		}
	},
}
