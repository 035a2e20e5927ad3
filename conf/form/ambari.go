package form

import (
	"bytes"
	"slices"
	"strings"
)

// ambariRoles are the services that Ambari has configuration types for; druid-env
// spells them in lower case.
var ambariRoles = []string{"broker", "coordinator", "historical", "middleManager", "overlord", "router"}

// isAmbari reports whether a file is a blueprint of Ambari with Druid in it, or of the
// service's definition in a stack.
func isAmbari(s *Source) bool {
	if isStackFile(s.Path) {
		return isStack(s)
	}
	if !bytes.Contains(s.Data, []byte(`"druid-`)) {
		return false
	}
	types := ambariTypes(s)
	return slices.ContainsFunc(ambariRoles, func(role string) bool { return types["druid-"+strings.ToLower(role)] != nil })
}

// ambariTypes are the properties of each type of configuration. What a group of hosts
// sets comes behind what the cluster does, and wins.
func ambariTypes(s *Source) map[string][]Member {
	documents, err := s.Documents()
	if err != nil || len(documents) != 1 {
		return nil
	}
	top := documents[0]
	levels := []*Node{top.Get("configurations")}
	for _, group := range items(top.Get("host_groups")) {
		levels = append(levels, group.Get("configurations"))
	}
	types := map[string][]Member{}
	for _, level := range levels {
		for _, item := range items(level) {
			for _, m := range item.Members {
				properties := m.Value
				if own := properties.Get("properties"); own != nil {
					properties = own
				}
				types[m.Key.s] = append(types[m.Key.s], properties.Members...)
			}
		}
	}
	return types
}

// readAmbari reads a blueprint, or the definition of the service. What a blueprint leaves
// to the stack is not known.
func readAmbari(in *Input, s *Source) []*Tree {
	k := newKube(in)
	var types map[string][]Member
	if !isStackFile(s.Path) {
		types = ambariTypes(s)
	} else if types = k.stack(s); types == nil {
		return nil
	}
	k.tree.Deployed = Deployed{"cluster", "Ambari puts services on hosts of a cluster"}
	common := ambariLines(types["druid-common"])
	for _, role := range ambariRoles {
		lower := strings.ToLower(role)
		properties := types["druid-"+lower]
		if len(properties) == 0 {
			continue
		}
		home := properties[0].Key.Place()
		files := map[string]Text{"common.runtime.properties": common, "runtime.properties": ambariLines(properties)}
		if jvm := ambariJVM(types["druid-env"], "druid."+lower+".jvm."); jvm.s != "" {
			files["jvm.config"] = jvm
		}
		mount := kubeMount{kubeVolume: kubeVolume{from: role, file: lookup(files)}, path: "/etc/druid/conf", at: home}
		k.add(&kubeContainer{unit: role, home: home, mountsAt: home, role: role, mounts: []kubeMount{mount}, own: true, open: true, podless: true})
	}
	return []*Tree{k.tree}
}

// ambariOwn reports whether Ambari reads a property itself.
func ambariOwn(key string) bool {
	return !strings.HasPrefix(key, "druid.") || strings.HasSuffix(key, ".pullList") || strings.HasSuffix(key, ".repositoryList") || key == "druid.metadata.storage.connector.port"
}

// ambariLines are properties as lines of a file. Tokens such as %HOSTGROUP::master%
// and {{jinja}} are filled in by Ambari.
func ambariLines(properties []Member) Text {
	var lines []Text
	for i, m := range properties {
		again := slices.ContainsFunc(properties[i+1:], func(later Member) bool { return later.Key.s == m.Key.s })
		if again || m.Value.Kind != Scalar || ambariOwn(m.Key.s) {
			continue
		}
		lines = append(lines, Join(m.Key, m.Key.made("="), ambariValue(m.Key.s, m.Value.Text), m.Key.made("\n")))
	}
	return Join(lines...)
}

func ambariValue(key string, value Text) Text {
	if strings.Contains(value.s, "%HOSTGROUP::") || strings.Contains(value.s, "%SERVICE_") || strings.Contains(value.s, "{{") {
		return value.made(unknown(key))
	}
	return value
}

// ambariJVM are the flags that Ambari makes of druid-env, where memory is in MB.
func ambariJVM(env []Member, prefix string) Text {
	var lines []Text
	for _, flag := range []struct{ key, before, behind string }{
		{"heap.memory", "-Xms", "m\n"}, {"heap.memory", "-Xmx", "m\n"}, {"direct.memory", "-XX:MaxDirectMemorySize=", "m\n"}, {"opts", "", "\n"},
	} {
		i := slices.IndexFunc(env, func(m Member) bool { return m.Key.s == prefix+flag.key && m.Value.Kind == Scalar })
		if i >= 0 {
			value := env[i].Value.Text
			lines = append(lines, value.made(flag.before), value, value.made(flag.behind))
		}
	}
	return Join(lines...)
}
