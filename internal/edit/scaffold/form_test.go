package scaffold_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/edit/scaffold"
	"github.com/implycheck/implycheck/rules"
	"github.com/implycheck/implycheck/schema"
	"github.com/implycheck/implycheck/sizing"
)

// sites are one of each deep storage and metadata store.
func sites(t testing.TB) map[string]scaffold.Site {
	list := map[string]scaffold.Site{}
	for _, store := range []string{"s3://bucket/druid", "gs://bucket/druid", "azure://account@container/druid", "hdfs://nn:8020/druid", "file:///mnt/shared"} {
		for _, database := range []string{"postgresql://druid@db.internal/druid", "mysql://druid@db.internal/druid", "derby"} {
			site, err := scaffold.ParseSite(scaffold.Addresses{ZooKeeper: "zk1:2181,zk2:2181,zk3:2181", Metadata: database, DeepStorage: store})
			require.NoError(t, err)
			list[store+" "+database] = site
		}
	}
	return list
}

// usualSite is the one that is written for machines of every size.
const usualSite = "s3://bucket/druid postgresql://druid@db.internal/druid"

// askedFor are findings that follow from what somebody said, and not from how it is
// written.
var askedFor = map[string]func(target schema.Target, site string) bool{
	"meta-derby-in-cluster": func(_ schema.Target, site string) bool { return strings.Contains(site, "derby") },
	"props-template-placeholder": func(target schema.Target, site string) bool {
		return strings.Contains(site, "azure") && target.Release < 25
	},
	"ext-contrib-needs-pull": func(target schema.Target, site string) bool {
		return strings.Contains(site, "azure") && target.Release < 18
	},
}

// refused are the sites and releases that a form cannot do.
func refused(form string, target schema.Target, site string) bool {
	return form == "helm" && (target.Release < 24 || strings.Contains(site, "derby") || strings.Contains(site, "file://"))
}

// What is written in any form is read back as the plan has it, and lint, which knows the
// containers' limits and volumes, has nothing to say of it.
func TestFormsAreClean(t *testing.T) {
	known := schemas(t)
	for _, name := range []string{"druid-0.16", "druid-0.22", "druid-25", "druid-28", "druid-33", "druid-38"} {
		target, err := schema.ParseTarget(name)
		require.NoError(t, err)
		for _, form := range scaffold.Forms()[1:] {
			t.Run(name+"/"+form, func(t *testing.T) {
				t.Parallel()
				for said, site := range sites(t) {
					for i, machine := range machines {
						if i > 0 && said != usualSite {
							continue
						}
						plan := advise(t, target, machine, scaffold.Roles(form))
						files, err := scaffold.FilesIn(form, plan, site)
						if refused(form, target, said) {
							require.Error(t, err)
							continue
						}
						require.NoError(t, err)
						requireKnown(t, known, files)
						requireClean(t, form, target, said, plan, files)
					}
				}
			})
		}
	}
}

func requireClean(t *testing.T, form string, target schema.Target, said string, plan sizing.Plan, files []scaffold.File) {
	dir := t.TempDir()
	_, err := scaffold.Write(dir, files, nil)
	require.NoError(t, err)
	trees, err := conf.Open(t.Context(), dir, conf.Options{Target: &target})
	require.NoError(t, err)
	require.Len(t, trees, 1, "%s is one cluster", form)
	tree := trees[0]
	require.Equal(t, form, tree.Form)
	require.Empty(t, tree.Problems)
	deployment := "cluster"
	if form == "compose" {
		deployment = "single"
	}
	result, err := rules.Lint(t.Context(), tree, rules.Options{Deployment: deployment})
	require.NoError(t, err)
	for _, f := range result.Findings {
		if asked := askedFor[f.Rule]; asked != nil && asked(target, said) {
			continue
		}
		require.True(t, advice[f.Rule] != "" && f.Severity == finding.Info, "%s %s: %s:%d %s [%s]", form, said, f.File, f.Line, f.Message, f.Rule)
	}
	read := map[string]*conf.Service{}
	for _, s := range tree.Services {
		read[s.Name] = s
	}
	for _, server := range plan.Servers {
		for _, p := range server.Processes {
			if p.Service != "zookeeper" {
				requirePlanned(t, p, read[strings.TrimSuffix(p.Service, "-overlord")])
			}
		}
	}
}

// requirePlanned holds what a process gets against what was planned for it, and its
// folders against its volumes.
func requirePlanned(t *testing.T, p sizing.Process, s *conf.Service) {
	require.NotNil(t, s, p.Service)
	for _, f := range p.Figures {
		flag := f.Flag()
		switch {
		case f.Place || strings.HasPrefix(f.Key, "druid.indexer.runner.javaOpts"):
		case f.Key == "druid.segmentCache.locations":
			require.Equal(t, locations(t, f.Value), locations(t, s.Get(f.Key).Text))
		case flag == "":
			require.Equal(t, f.Value, s.Get(f.Key).Text, "%s %s", p.Service, f.Key)
		case strings.HasPrefix(flag, "-Xm") || strings.HasPrefix(flag, "-XX:MaxDirect"):
			require.Contains(t, strings.Fields(string(s.JVM.Data)), flag, p.Service)
		}
	}
	for _, key := range []string{"druid.segmentCache.locations", "druid.processing.tmpDir", "druid.worker.baseTaskDirs", "druid.indexer.task.baseTaskDir"} {
		if v := s.Get(key); v.Set {
			require.NotContains(t, v.Text, "/mnt/", "%s %s is in no container", p.Service, key)
			require.NotContains(t, v.Text, `"var/`)
		}
	}
}

// locations are the sum of what a Historical may hold.
func locations(t *testing.T, text string) (sum int64) {
	var list []struct {
		Path    string
		MaxSize int64
	}
	require.NoError(t, json.Unmarshal([]byte(text), &list))
	for _, l := range list {
		sum += l.MaxSize
	}
	return sum
}

// What has no image is refused, and what the chart cannot do.
func TestFormsRefuse(t *testing.T) {
	site, err := scaffold.ParseSite(scaffold.Addresses{})
	require.NoError(t, err)
	derby, err := scaffold.ParseSite(scaffold.Addresses{Metadata: "derby"})
	require.NoError(t, err)
	for _, name := range []string{"imply-3.0.19", "druid-0.15"} {
		target, err := schema.ParseTarget(name)
		require.NoError(t, err)
		for _, form := range scaffold.Forms()[1:] {
			_, err = scaffold.FilesIn(form, advise(t, target, machines[1], roles["data"]), site)
			require.ErrorContains(t, err, "the official image")
		}
	}
	_, err = scaffold.FilesIn("yaml", advise(t, schema.DefaultTarget, machines[1], roles["data"]), site)
	require.ErrorContains(t, err, "write one of conf, docker-env")
	target, err := schema.ParseTarget("druid-33")
	require.NoError(t, err)
	for _, c := range []struct {
		services []string
		site     scaffold.Site
		form     string
		want     string
	}{
		{[]string{"indexer"}, site, "helm", "no Indexer"},
		{[]string{"overlord"}, site, "helm", "say coordinator-overlord"},
		{[]string{"coordinator-overlord"}, derby, "helm", "no volume"},
		{[]string{"coordinator", "overlord"}, derby, "compose", "the container of the Coordinator has Derby"},
		{[]string{"zookeeper"}, site, "compose", "none of these processes"},
	} {
		plan, err := sizing.Advise(sizing.Request{Target: target, Servers: []sizing.ServerRequest{{Role: "mine", Services: c.services, Machine: machines[1]}}})
		require.NoError(t, err)
		_, err = scaffold.FilesIn(c.form, plan, c.site)
		require.ErrorContains(t, err, c.want)
	}
}

// text is what is written in a form for druid-33, in one.
func textIn(t *testing.T, form string, a scaffold.Addresses, m sizing.Machine, roles ...string) string {
	target, err := schema.ParseTarget("druid-33")
	require.NoError(t, err)
	site, err := scaffold.ParseSite(a)
	require.NoError(t, err)
	files, err := scaffold.FilesIn(form, advise(t, target, m, roles), site)
	require.NoError(t, err)
	var b strings.Builder
	for _, f := range files {
		fmt.Fprintln(&b, f.Text)
	}
	return b.String()
}

// Each disk for data is a volume of each process that uses it, large enough for what
// the process may keep there.
func TestVolumes(t *testing.T) {
	all := scaffold.Addresses{ZooKeeper: "zk1", Metadata: "postgresql://db/druid", DeepStorage: "s3://b/p"}
	two := sizing.Machine{Cores: 16, Memory: 122 << 30, Disks: []sizing.Disk{{Size: 1e12}, {Size: 1e12}}}
	for form, want := range map[string][]string{
		"operator": {
			"mountPath: /opt/druid/var}\n        - {name: disk2, mountPath: /opt/druid/disk2}",
			`[{"path":"/opt/druid/var/druid/segment-cache","maxSize":800000000000},{"path":"/opt/druid/disk2/segment-cache","maxSize":800000000000}]`,
			"storageClassName: your-storage-class\n            resources: {requests: {storage: 828Gi}}",
			"storage: 103Gi", `["/opt/druid/var/druid/task","/opt/druid/disk2/task"]`, "-Djava.io.tmpdir=/opt/druid/var/tmp", "fsGroup: 1000",
		},
		"helm":       {`[{"path":"/opt/druid/var/druid/segment-cache","maxSize":1600000000000}]`, "size: 1656Gi", "size: 206Gi", "-Djava.io.tmpdir=/opt/druid/var/druid/tmp", "fsGroup: 1000"},
		"compose":    {`- "/mnt/disk1/druid/historical:/opt/druid/var"`, `- "/mnt/disk2/druid/historical:/opt/druid/disk2"`, `- "/mnt/disk2/druid/middleManager:/opt/druid/disk2"`, "network_mode: host"},
		"docker-env": {"-v /mnt/disk1/druid/historical:/opt/druid/var -v /mnt/disk2/druid/historical:/opt/druid/disk2 apache/druid:33.0.0 historical"},
	} {
		text := textIn(t, form, all, two, "data")
		for _, w := range want {
			require.Contains(t, text, w, form)
		}
	}
	mounted := sizing.Machine{Cores: 16, Memory: 122 << 30, Disks: []sizing.Disk{{Size: 1e12, Mount: "/"}, {Size: 1e12, Mount: "/my data"}}}
	require.Contains(t, textIn(t, "docker-env", all, mounted, "data"), "-v /var/lib/druid/historical:/opt/druid/var -v '/my data/druid/historical:/opt/druid/disk2' apache")
	require.Contains(t, textIn(t, "operator", all, two, "query"), "volumes:\n        - {name: var, emptyDir: {}}")
	require.Contains(t, textIn(t, "operator", scaffold.Addresses{Metadata: "derby"}, two, "master"), "storage: 10Gi")

	// The limits of a container have one volume for all that its disks hold, which Docker keeps.
	pod := sizing.Pod(16<<30, 4000, two.Disks)
	target, err := schema.ParseTarget("druid-33")
	require.NoError(t, err)
	files, err := scaffold.FilesIn("compose", advise(t, target, pod, []string{"historical"}), scaffold.Site{})
	require.NoError(t, err)
	require.Contains(t, files[0].Text, `- "historical:/opt/druid/var"`)
	require.Contains(t, files[0].Text, `[{"path":"/opt/druid/var/druid/segment-cache","maxSize":1800000000000}]`)
	require.NotContains(t, files[0].Text, "disk2")
}

// Compose replaces what begins with $ in any value.
func TestComposeReplacesNothing(t *testing.T) {
	text := textIn(t, "compose", scaffold.Addresses{DeepStorage: "azure://account@container/p"}, machines[1], sizing.AllInOne)
	require.Contains(t, text, `druid_azure_key: "$${env:AZURE_STORAGE_KEY}"`)
	require.Contains(t, text, "AZURE_STORAGE_KEY: ${AZURE_STORAGE_KEY}")
}

// A Coordinator that is planned without the Overlord is none: in the image it is.
func TestCoordinatorApart(t *testing.T) {
	target, err := schema.ParseTarget("druid-33")
	require.NoError(t, err)
	plan, err := sizing.Advise(sizing.Request{Target: target, Servers: []sizing.ServerRequest{{Role: "mine", Services: []string{"coordinator", "overlord"}, Machine: machines[1]}}})
	require.NoError(t, err)
	files, err := scaffold.FilesIn("docker-env", plan, scaffold.Site{})
	require.NoError(t, err)
	require.Contains(t, files[0].Text, "druid_coordinator_asOverlord_enabled=false\n")
}

// As many pods are written as were said.
func TestReplicas(t *testing.T) {
	target, err := schema.ParseTarget("druid-33")
	require.NoError(t, err)
	request := sizing.Request{Target: target, Brokers: 3, DataServers: 20}
	for _, role := range []string{"data", "query", "master"} {
		request.Servers = append(request.Servers, sizing.ServerRequest{Role: role, Machine: machines[1]})
	}
	plan, err := sizing.Advise(request)
	require.NoError(t, err)
	for form, key := range map[string]string{"operator": "replicas: ", "helm": "replicaCount: "} {
		files, err := scaffold.FilesIn(form, plan, scaffold.Site{})
		require.NoError(t, err)
		require.Equal(t, 2, strings.Count(files[0].Text, key+"20\n"), form)
		require.Equal(t, 2, strings.Count(files[0].Text, key+"3\n"), form)
		require.Equal(t, 1, strings.Count(files[0].Text, key+"1\n"), form)
	}
}
