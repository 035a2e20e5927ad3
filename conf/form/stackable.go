package form

import (
	"bytes"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/internal/lazy"
)

// stackableRoles are the roles of a DruidCluster of Stackable, by their keys.
var stackableRoles = []struct{ key, role string }{
	{"brokers", "broker"}, {"coordinators", "coordinator"}, {"historicals", "historical"}, {"middleManagers", "middleManager"}, {"routers", "router"},
}

// stackablePresets is what the operator writes for each role where no override says
// otherwise: recommended values of its source, runtime_properties.rs.
var stackablePresets = lazy.Value[map[string][]string]{New: func() map[string][]string {
	return map[string][]string{
		"": {
			"druid.monitoring.monitors=[\"org.apache.druid.java.util.metrics.JvmMonitor\"]", "druid.emitter=prometheus", "druid.emitter.prometheus.strategy=exporter",
			"druid.emitter.prometheus.namespace=druid", "druid.indexer.logs.directory=/stackable/var/druid/indexing-logs",
		},
		"broker": {"druid.processing.tmpDir=/stackable/var/druid/processing"},
		"coordinator": {
			"druid.coordinator.asOverlord.enabled=true", "druid.coordinator.asOverlord.overlordService=druid/overlord", "druid.indexer.runner.type=remote",
			"druid.indexer.storage.type=metadata",
		},
		"historical": {"druid.historical.cache.useCache=true", "druid.historical.cache.populateCache=true", "druid.processing.tmpDir=/stackable/var/druid/processing"},
		"middleManager": {
			"druid.indexer.task.baseTaskDir=/stackable/var/druid/task",
			"druid.indexer.runner.javaOpts=-server -Xms256m -Xmx256m -XX:MaxDirectMemorySize=300m -Duser.timezone=UTC -Dfile.encoding=UTF-8 -XX:+ExitOnOutOfMemoryError -Djava.util.logging.manager=org.apache.logging.log4j.jul.LogManager",
		},
		"router": {"druid.router.managementProxy.enabled=true", "druid.router.http.numConnections=25"},
	}
}}

// isStackable reports whether a file holds a DruidCluster of Stackable.
func isStackable(s *Source) bool {
	return bytes.Contains(s.Data, []byte("druid.stackable.tech")) && len(stackableClusters(s)) > 0
}

func stackableClusters(s *Source) []*Node {
	return slices.DeleteFunc(objects(s), func(n *Node) bool {
		return n.Get("kind").String() != "DruidCluster" || !strings.HasPrefix(n.Get("apiVersion").String(), "druid.stackable.tech/")
	})
}

// readStackable reads what a DruidCluster sets in so many words. The operator makes
// the rest of other resources, so that no file is known to be whole.
func readStackable(in *Input, s *Source) (trees []*Tree) {
	for _, n := range stackableClusters(s) {
		k := newKube(in)
		spec := n.Get("spec")
		var image Text
		if version := spec.Path("image", "productVersion"); version.String() != "" {
			image = Join(version.Text.made("druid:"), version.Text)
		}
		for _, r := range stackableRoles {
			role := spec.Get(r.key)
			groups := role.Get("roleGroups")
			if groups == nil {
				continue
			}
			for _, g := range groups.Members {
				k.add(stackableGroup(r.role, role, g, image))
			}
		}
		if len(k.tree.processes) > 0 {
			trees = append(trees, k.tree)
		}
	}
	return trees
}

// stackableGroup is a role group. What it says wins over what its role says.
func stackableGroup(role string, r *Node, g Member, image Text) *kubeContainer {
	c := &kubeContainer{unit: role + "-" + g.Key.s, home: g.Key.Place(), mountsAt: g.Key.Place(), role: role, image: image, own: true, open: true}
	set := &envReader{}
	for _, line := range slices.Concat(stackablePresets.Get()[""], stackablePresets.Get()[role]) {
		key, value, _ := stockText(line, c.home).cut('=')
		set.set(Var{Name: key, Value: value})
	}
	for _, from := range []*Node{r, g.Value} {
		overrides := from.Path("configOverrides", "runtime.properties")
		if overrides == nil {
			continue
		}
		for _, m := range overrides.Members {
			if m.Value.Kind == Scalar {
				set.set(Var{Name: m.Key, Value: m.Value.Text})
			}
		}
	}
	var lines []Text
	for _, v := range set.vars {
		lines = append(lines, Join(v.Name, v.Name.made("="), v.Value, v.Name.made("\n")))
	}
	c.mounts = append(c.mounts, kubeMount{kubeVolume: kubeVolume{from: "config", file: lookup(map[string]Text{"runtime.properties": Join(lines...)})}, path: "/stackable/config", at: c.home})
	for _, from := range []*Node{g.Value, r} {
		config := from.Get("config")
		if memory := config.Path("resources", "memory", "limit"); memory != nil && c.resources == nil {
			c.resources = &Node{Kind: Map, Members: []Member{{Key: Made("limits", memory.At), Value: &Node{Kind: Map, Members: []Member{{Key: Made("memory", memory.At), Value: memory}}}}}}
		}
		if size := config.Path("resources", "storage", "segmentCache", "emptyDir", "capacity"); size != nil && role == "historical" && len(c.mounts) == 1 {
			v := kubeVolume{from: c.unit + "/segment-cache", empty: true}
			v.size, _ = quantity(size.String())
			c.mounts = append(c.mounts, kubeMount{kubeVolume: v, path: "/stackable/var/druid/segment-cache", at: size.At})
		}
	}
	return c
}
