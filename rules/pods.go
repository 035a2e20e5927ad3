package rules

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/form"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/text"
)

func podRules() []*Rule {
	return []*Rule{
		k8sPort, k8sHostReplaced, k8sNoLog, k8sMemoryRequest, k8sJVMReplaced, k8sIgnored, k8sHelmNumber, k8sNoText, k8sOverwritten,
		k8sConfigAbsent, k8sFieldMissing, k8sPatches, k8sCacheInContainer,
	}
}

var k8sPort = &Rule{
	ID: "k8s-port-not-listening", Severity: finding.Error, Area: Kubernetes,
	Title:  "Kubernetes asks for a port that the process does not listen on.",
	Why:    "Probes and Services name a port, and druid.plaintextPort or the image says which one Druid opens. Under the druid-operator druid.port is what Service and probes use, and a druid.plaintextPort in the text wins over it in Druid.",
	Effect: "The probe fails: the pod is never ready, or is restarted again and again. A Service refuses connections.",
	Fix:    "Write the same port in both places.",
	Source: "controllers/druid/handler.go of the druid-operator, 1.3.1 (updateDefaultPortInProbe, getServicePorts); server/src/main/java/org/apache/druid/server/DruidNode.java, 33",
	Check: func(p *Pass) {
		for _, s := range p.Tree.Services {
			own, at, ok := openPorts(s)
			if !ok {
				continue
			}
			said := map[string]*finding.Finding{}
			for _, f := range p.Tree.Facts(form.OtherPort) {
				number, err := strconv.Atoi(f.Detail)
				if f.Service != s.Unit() || err != nil || own[f.Detail] || f.Name != "druid.port" && !isDruidPort(number) {
					continue
				}
				if said[f.Detail] != nil {
					relate(said[f.Detail], Place(f.At), "%s too", f.Name)
					continue
				}
				found := p.Report(Place(f.At).Of(s), "%s is for port %s, and the %s listens on %s", f.Name, f.Detail, s.Name, at.Text)
				if f.Name == "druid.port" {
					found.Message = "Service and probes use druid.port " + f.Detail + ", and the " + s.Name + " listens on " + at.Text
				}
				if at.Set {
					relate(found, Val(at), "its port")
				}
				said[f.Detail] = found
			}
		}
	},
}

// openPorts are the ports that a process listens on, and the value that says the
// main one.
func openPorts(s *conf.Service) (map[string]bool, conf.Value, bool) {
	plain, tls := s.Get("druid.plaintextPort"), s.Get("druid.tlsPort")
	if port := s.Get("druid.port"); port.Set && !plain.Set {
		plain = port
	}
	own := map[string]bool{}
	off, on := s.Get("druid.enablePlaintextPort"), s.Get("druid.enableTlsPort")
	if !off.Known() || !on.Known() {
		return nil, plain, false
	}
	main := plain
	if !off.Is("false") {
		own[plain.Text] = true
	}
	if on.Is("true") {
		own[tls.Text] = true
		if off.Is("false") {
			main = tls
		}
	}
	return own, main, main.Known() && (!on.Is("true") || tls.Known())
}

var k8sHostReplaced = &Rule{
	ID: "ctr-host-replaced", Severity: finding.Warning, Area: Containers,
	Title:  "A druid.host in a mounted file, which the image's script deletes.",
	Why:    "Before it starts Druid the script writes the container's address as druid.host and takes every line away that sets it: up to 32 unless DRUID_SET_HOST=0, and from 33 on outside of Kubernetes, unless DRUID_SET_HOST_IP=0.",
	Effect: "The process announces an address that changes with each pod, in the place of the name in the file.",
	Fix:    "Set the variable druid_host, which the script writes last; or DRUID_SET_HOST to 0 (DRUID_SET_HOST_IP from 33 on).",
	Source: druidScript + "; apache/druid pull requests 9019 and 17697",
	Check: func(p *Pass) {
		p.reportFacts(form.HostReplaced, func(f conf.Fact, at Place) *finding.Finding {
			return p.Report(at, "the script of the image deletes this druid.host, and announces the address of the container")
		})
	},
}

var k8sNoLog = &Rule{
	ID: "k8s-log4j-hidden", Severity: finding.Warning, Area: Kubernetes,
	Title:  "Mounted folders that hide the log4j2.xml of the image.",
	Why:    "A ConfigMap that is mounted on a folder takes the place of all that the image has in it, and with _common and the service's own folder goes every log4j2.xml.",
	Effect: "log4j takes its default: only errors are logged, and tasks have no log of their own.",
	Fix:    "Put a log4j2.xml into one of both ConfigMaps; with the druid-operator, write log4j.config.",
	Source: "Log4j 2 manual, default configuration; controllers/druid/configuration.go of the druid-operator, 1.3.1",
	Check: func(p *Pass) {
		var found *finding.Finding
		for _, f := range p.Tree.Facts(form.NoLog) {
			if found != nil {
				relate(found, Place(f.At), "%s too", f.Service)
				continue
			}
			at := Place(f.At)
			at.Service = f.Service
			found = p.Report(at, "what %s mounts hides every log4j2.xml of the image, and brings none", f.Service)
		}
	},
}

// leastMemory is less than any java takes.
const leastMemory = 32 << 20

var k8sMemoryRequest = &Rule{
	ID: "k8s-memory-request-tiny", Severity: finding.Warning, Area: Kubernetes,
	Title:  "A memory request that no java fits in.",
	Why:    "The scheduler places a pod by what it requests, in bytes with units: Mi is a thousandth of Gi.",
	Effect: "Many pods land on one machine, and the kernel kills those that use most over their request.",
	Fix:    "Request what the process takes: its heap, its direct memory and about a third more.",
	Source: "Kubernetes documentation: Resource Management for Pods and Containers",
	Check: func(p *Pass) {
		for _, s := range p.Tree.Services {
			limits, ok := s.Limits()
			if !ok || limits.Asked <= 0 || limits.Asked >= leastMemory {
				continue
			}
			found := p.Report(Place(p.Tree.Written(limits.AskedAt)).Of(s), "the memory request of the %s is %s", s.Name, text.About(limits.Asked))
			if j, heap, ok := p.heapOf(s); ok {
				relate(found, j.at(heap), "the heap")
			}
		}
	},
}

var k8sJVMReplaced = &Rule{
	ID: "k8s-operator-jvm-replaced", Severity: finding.Info, Area: Kubernetes,
	Title:  "jvm.options of a node group, which replace the common ones.",
	Why:    "The druid-operator takes the jvm.options of a group or else those of the resource, never both; extra.jvm.options are added.",
	Effect: "Flags that are only in the common jvm.options do not reach the processes of the group.",
	Fix:    "Write what the group adds into extra.jvm.options.",
	Source: "controllers/druid/configuration.go of the druid-operator, 1.3.1: firstNonEmptyStr",
	Check: func(p *Pass) {
		p.reportFacts(form.Replaced, func(f conf.Fact, at Place) *finding.Finding {
			return p.Report(at, "these replace the common jvm.options, so that %s does not get %s", f.Service, conf.Masker().Text(f.Detail))
		})
	},
}

var k8sIgnored = &Rule{
	ID: "k8s-setting-ignored", Severity: finding.Warning, Area: Kubernetes,
	Title:  "A setting that no template and no controller reads.",
	Why:    "Charts keep values that their templates have lost or never had, such as javaOpts, and the druid-operator makes claims for StatefulSets only.",
	Effect: "The setting silently has no effect.",
	Fix:    "Write what is read: DRUID_XMX and DRUID_XMS in the config of the role; kind StatefulSet for a group with claims.",
	Source: "helm/druid/templates of apache/druid up to 29 and asdf2014/druid-helm 37.0.2; controllers/druid/handler.go of the druid-operator, 1.3.1",
	Check: func(p *Pass) {
		p.reportFacts(form.Ignored, func(f conf.Fact, at Place) *finding.Finding {
			return p.Report(at, "%s has no effect: %s", f.Name, f.Detail)
		})
	},
}

var k8sHelmNumber = &Rule{
	ID: "k8s-helm-value-reformatted", Severity: finding.Error, Area: Kubernetes,
	Title:  "A value that Helm writes in another way.",
	Why:    "To Helm every number without quotes is a floating-point number, which templates print as 1e+06 from a million on. A list or a map becomes [a b] or map[a:1].",
	Effect: "Druid can read it neither as a number nor as a size, and the process does not start.",
	Fix:    "Quote the value: '268435456', '[\"a\", \"b\"]'.",
	Source: "issues 1707, 6867 and 12195 of helm/helm; helm 3.22.0 (run)",
	Check: func(p *Pass) {
		p.reportFacts(form.Reformatted, func(f conf.Fact, at Place) *finding.Finding {
			return p.Report(at, "Helm makes %s of the value of %s, which is not quoted", masked(f.Name, f.Detail), f.Name)
		})
	},
}

var k8sNoText = &Rule{
	ID: "k8s-configmap-not-text", Severity: finding.Error, Area: Kubernetes,
	Title:  "A value of a ConfigMap that is not a string.",
	Why:    "All values of a ConfigMap are text, and YAML takes what is not quoted for a number, or for true and false.",
	Effect: "The resource is refused: cannot unmarshal number into Go struct field ConfigMap.data of type string.",
	Fix:    "Quote the value.",
	Source: "Kubernetes API, ConfigMap v1; helm/druid/templates/configmap.yaml of apache/druid: toYaml .Values.configVars",
	Check: func(p *Pass) {
		p.reportFacts(form.NoText, func(f conf.Fact, at Place) *finding.Finding {
			return p.Report(at, "%s is %s to YAML, and has to be text", f.Name, f.Detail)
		})
	},
}

var k8sOverwritten = &Rule{
	ID: "k8s-helm-value-overwritten", Severity: finding.Warning, Area: Kubernetes,
	Title:  "A variable in configVars that the chart sets again.",
	Why:    "With postgresql.enabled, mysql.enabled or zookeeper.enabled the chart writes the settings of that store behind configVars, and the last one of equal keys counts.",
	Effect: "Druid connects to the store of the chart, and not to the one in configVars.",
	Fix:    "Switch the sub-chart off, or delete the variables that it overwrites.",
	Source: "helm/druid/templates/configmap.yaml of apache/druid, asdf2014/druid-helm 37.0.2 (run with helm 3.22.0)",
	Check: func(p *Pass) {
		said := map[string]*finding.Finding{}
		for _, f := range p.Tree.Facts(form.Overwritten) {
			if said[f.Detail] != nil {
				relate(said[f.Detail], Place(f.At), "%s too", f.Name)
				continue
			}
			found := p.Report(Place(f.At), "the chart overwrites %s with what %s generates", f.Name, f.Detail)
			relate(found, Place(f.Other), "this switches it on")
			said[f.Detail] = found
		}
	},
}

var k8sConfigAbsent = &Rule{
	ID: "k8s-config-absent", Severity: finding.Info, Area: Kubernetes,
	Title:  "A ConfigMap or a Secret that is not among the files.",
	Why:    "What it holds may set any property of the processes that use it.",
	Effect: "None for Druid: what the files do not tell is not judged.",
	Fix:    "Lint the files together: the folder, or what helm template and kustomize build write.",
	Source: "Kubernetes documentation: Configure a Pod to Use a ConfigMap",
	Check: func(p *Pass) {
		said := map[string]*finding.Finding{}
		for _, f := range p.Tree.Facts(form.Absent) {
			if said[f.Name] != nil {
				relate(said[f.Name], Place(f.At), "used here too")
				continue
			}
			said[f.Name] = p.Report(Place(f.At), "the %s is not among the files: what it sets is not known", f.Name)
		}
	},
}

var k8sFieldMissing = &Rule{
	ID: "k8s-field-missing", Severity: finding.Warning, Area: Kubernetes,
	Title:  "A node group without a field that the druid-operator requires.",
	Why:    "Its resource definition requires nodeType, druid.port, nodeConfigMountPath and runtime.properties of each group.",
	Effect: "Kubernetes refuses the resource: Required value. It takes it where a patch that is not among the files adds the field.",
	Fix:    "Add the field to each group, as in nodeConfigMountPath: /opt/druid/conf/druid/cluster/query/broker.",
	Source: "config/crd/bases/druid.apache.org_druids.yaml of the druid-operator, 0.0.5 to 1.3.1: required",
	Check: func(p *Pass) {
		p.reportFacts(form.Required, func(f conf.Fact, at Place) *finding.Finding {
			return p.Report(at, "the group %s does not have %s", f.Service, f.Name)
		})
	},
}

var k8sPatches = &Rule{
	ID: "k8s-patches-not-applied", Severity: finding.Info, Area: Kubernetes,
	Title:  "Patches of a kustomization, which are not applied here.",
	Why:    "Patches may change any resource, and implycheck reads resources as they are written.",
	Effect: "None for Druid: the findings are about the resources without the patches.",
	Fix:    "Render them: kustomize build . | implycheck lint -",
	Source: "kubectl kustomize: patches, patchesStrategicMerge, patchesJson6902",
	Check: func(p *Pass) {
		p.reportFacts(form.NotApplied, func(f conf.Fact, at Place) *finding.Finding {
			return p.Report(at, "%s are not applied: lint what kustomize build writes", f.Name)
		})
	},
}

// podForms are the forms whose processes run in pods.
var podForms = []string{form.Operator, "stackable", "manifests", "helm"}

var k8sCacheInContainer = &Rule{
	ID: "k8s-cache-in-container", Severity: finding.Info, Area: Kubernetes,
	Title:  "A segment cache in the file system of a pod's container.",
	Why:    "What a container writes outside of its volumes is deleted with it, and counts as ephemeral storage of the machine.",
	Effect: "Each restart of a Historical loads all of its segments again from deep storage; a cache that grows may have the pod evicted.",
	Fix:    "Mount a volume, and put druid.segmentCache.locations on it.",
	Source: "Kubernetes documentation: Volumes, and Local ephemeral storage; druid-io/druid-operator#221",
	Check: func(p *Pass) {
		for _, s := range p.Services("historical") {
			limits, ok := p.mounted(s, podForms...)
			list, v, known := p.locations(s)
			if !ok || !known || len(list) == 0 {
				continue
			}
			for _, l := range list {
				if mountOf(limits, l.path) < 0 {
					p.Report(Val(v).Of(s), "%s is on no volume of the %s", l.path, s.Name)
					break
				}
			}
		}
	},
}

// exceedsVolumes reports segment caches that are larger than the volumes they lie on.
func (p *Pass) exceedsVolumes(s *conf.Service) {
	limits, ok := s.Limits()
	list, v, known := p.locations(s)
	if !ok || !known || s.Process() != "historical" {
		return
	}
	sums := map[int]int64{}
	for _, l := range list {
		i := mountOf(limits, l.path)
		if i < 0 || !l.sized {
			continue
		}
		sums[i] += l.maxSize
	}
	for i, m := range limits.Mounts {
		if m.Size > 0 && sums[i] > m.Size {
			found := p.Report(Val(v).Of(s), "the locations in %s may hold %s, and the volume there has %s", m.To, text.Amount(sums[i]), text.Amount(m.Size))
			relate(found, Place(p.Tree.Written(m.At)), "the volume")
		}
	}
}

// inImage is a path as the processes of the image take it, which start in /opt/druid.
func inImage(file string) string {
	if path.IsAbs(file) {
		return file
	}
	return path.Join("/opt/druid", file)
}

// mounted is a container with its mounts, in forms that tell all of them.
func (p *Pass) mounted(s *conf.Service, forms ...string) (form.Limits, bool) {
	limits, ok := s.Limits()
	return limits, ok && !p.Tree.Partial() && slices.Contains(forms, p.Tree.Form)
}

// mountOf is the mount that a file of the container lies on, -1 if it lies on none.
func mountOf(limits form.Limits, file string) int {
	file = inImage(file)
	best := -1
	for i, m := range limits.Mounts {
		if (file == m.To || strings.HasPrefix(file, strings.TrimSuffix(m.To, "/")+"/")) && (best < 0 || len(m.To) >= len(limits.Mounts[best].To)) {
			best = i
		}
	}
	return best
}
