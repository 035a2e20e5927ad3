package scaffold_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/internal/edit/scaffold"
	"github.com/implycheck/implycheck/schema"
	"github.com/implycheck/implycheck/sizing"
)

// todo is what is left to do at a site, in one text.
func todo(t *testing.T, target string, a scaffold.Addresses, m sizing.Machine, roles ...string) string {
	parsed, err := schema.ParseTarget(target)
	require.NoError(t, err)
	site, err := scaffold.ParseSite(a)
	require.NoError(t, err)
	var lines []string
	plan := advise(t, parsed, m, roles)
	for _, step := range scaffold.Todo(scaffold.Conf, "new", plan, site, scaffold.Files(plan, site)) {
		require.True(t, strings.HasSuffix(step.Text, ".") || strings.HasSuffix(step.Text, ":"), step.Text)
		lines = append(append(lines, step.Text), step.Commands...)
	}
	return strings.Join(lines, "\n")
}

func TestTodo(t *testing.T) {
	all := scaffold.Addresses{ZooKeeper: "zk1,zk2,zk3", Metadata: "mysql://me@db/meta", DeepStorage: "azure://account@box/p"}
	text := todo(t, "druid-33", all, machines[1], "data", "query", "master")
	for _, want := range []string{
		"On each data server: Attach a disk of 170 GB or more, format it and mount it at /mnt/disk1: xfs, with noatime,nofail.",
		"bin/supervise -c conf/supervise/cluster/data.conf -d /mnt/disk1/druid/sv",
		"mkdir -p var/zk && echo 3 > var/zk/myid     # on zk3",
		"CREATE DATABASE `meta` DEFAULT CHARACTER SET utf8mb4;", "GRANT ALL PRIVILEGES ON `meta`.* TO 'me'@'%';",
		"Put MySQL's JDBC driver into the folder of the extension mysql-metadata-storage, on every server.",
		"export AZURE_STORAGE_KEY", "read -rs DRUID_METADATA_PASSWORD && export DRUID_METADATA_PASSWORD",
		`pull-deps --no-default-hadoop -c "org.apache.druid.extensions.contrib:`,
	} {
		if strings.Contains(want, "pull-deps") { // Azure's extension is Druid's own
			require.NotContains(t, text, want)
			continue
		}
		require.Contains(t, text, want)
	}
	require.NotContains(t, text, "Fill in what only you know")

	// Nothing is left out that is yet to be filled in.
	text = todo(t, "imply-3.0", scaffold.Addresses{}, machines[1], "data", "query", "master")
	for _, want := range []string{
		"druid.zk.service.host=zk1.example.com:2181", "connectURI=jdbc:postgresql://db.example.com/druid", "druid.storage.bucket=your-bucket", "druid.indexer.logs.s3Bucket=your-bucket",
		"conf/pivot/config.yaml: connection: 'postgresql://pivot@db.example.com/pivot'", "conf/zk/zoo.cfg: server.2=zk2.example.com:2888:3888",
	} {
		require.Contains(t, text, want)
	}

	// One machine has its data below the distribution, and needs neither a disk nor a
	// database.
	text = todo(t, "druid-33", scaffold.Addresses{}, machines[0], sizing.AllInOne)
	require.Contains(t, text, "Make the folders that Druid expects in the folder of the distribution, for the user that runs it (here druid).\nsudo install -d -o druid -g druid var/tmp")
	for _, not := range []string{"mkfs", "CREATE", "myid", "supervise -c", "Fill in"} {
		require.NotContains(t, text, not)
	}

	// Two disks are two mounts, found by names that hold.
	two := sizing.Machine{Cores: 16, Memory: 122 << 30, Disks: []sizing.Disk{{Size: 1e12, Device: "/dev/disk/by-id/a"}, {Size: 1e12, Mount: "/data one"}}}
	text = todo(t, "druid-33", all, two, "data")
	require.Contains(t, text, "DISK=/dev/disk/by-id/a\n")
	require.Contains(t, text, "A disk inside an instance is empty after each stop")
	require.Equal(t, 1, strings.Count(text, "mkfs"), "the other is mounted")
	require.Contains(t, text, "'/data one/druid'", "a shell reads the blank as a part of it")
}

func TestPreflightStep(t *testing.T) {
	text := todo(t, "druid-33", scaffold.Addresses{}, machines[1], "data", "master")
	require.Contains(t, text, "implycheck preflight --role data --user druid --home . conf\nimplycheck preflight --role master --user druid --home . conf")
	require.Contains(t, text, "implycheck lint new/conf\nimplycheck ports new/conf\nimplycheck lint --ha new/conf")
	require.Contains(t, todo(t, "druid-33", scaffold.Addresses{}, machines[0], sizing.AllInOne), "implycheck preflight --user druid --home . conf")
	limited := machines[1]
	limited.Limited = true
	require.NotContains(t, todo(t, "druid-33", scaffold.Addresses{}, limited, "data"), "preflight")
}

// todoIn is what is left to do in a form, in one text.
func todoIn(t *testing.T, form string, a scaffold.Addresses, m sizing.Machine, roles ...string) string {
	target, err := schema.ParseTarget("druid-33")
	require.NoError(t, err)
	site, err := scaffold.ParseSite(a)
	require.NoError(t, err)
	plan := advise(t, target, m, roles)
	files, err := scaffold.FilesIn(form, plan, site)
	require.NoError(t, err)
	var lines []string
	for _, step := range scaffold.Todo(form, "a b", plan, site, files) {
		require.True(t, strings.HasSuffix(step.Text, "."), step.Text)
		lines = append(append(lines, step.Text), step.Commands...)
	}
	return strings.Join(lines, "\n")
}

// Preflight is asked about processes that the tree has, also where servers have a cut of
// one's own.
func TestRolesOfPreflight(t *testing.T) {
	target, err := schema.ParseTarget("druid-33")
	require.NoError(t, err)
	own := []string{"historical", "broker", "coordinator-overlord", "zookeeper"}
	plan, err := sizing.Advise(sizing.Request{Target: target, Servers: []sizing.ServerRequest{{Role: strings.Join(own, "+"), Services: own, Machine: machines[1]}}})
	require.NoError(t, err)
	for _, form := range []string{scaffold.Conf, "docker-env", "compose"} {
		files, err := scaffold.FilesIn(form, plan, scaffold.Site{})
		require.NoError(t, err)
		dir := t.TempDir()
		_, err = scaffold.Write(dir, files, nil)
		require.NoError(t, err)
		trees, err := conf.Open(t.Context(), dir, conf.Options{})
		require.NoError(t, err)
		command := commandWith(t, scaffold.Todo(form, dir, plan, scaffold.Site{}, files), "implycheck preflight")
		require.Contains(t, command, "--role historical,broker,coordinator ", form)
		for _, role := range []string{"historical", "broker", "coordinator"} {
			require.True(t, slices.ContainsFunc(trees[0].Services, func(s *conf.Service) bool { return s.Process() == role }), "%s: %s", form, role)
		}
	}
}

// Each form has the steps of its place, and none of another one.
func TestTodoOfForms(t *testing.T) {
	all := scaffold.Addresses{ZooKeeper: "zk1,zk2,zk3", Metadata: "postgresql://druid@db/druid", DeepStorage: "s3://b/p"}
	disk := sizing.Machine{Cores: 8, Memory: 61 << 30, Disks: []sizing.Disk{{Size: 1e12, Device: "/dev/disk/by-id/a"}}}
	servers := []string{"useradd", "bin/supervise", "export DRUID_METADATA_PASSWORD", "--home . conf", "Put MySQL's JDBC driver", "on every server"}
	docker := []string{"sudo mkfs.xfs", "sudo install -d -o 1000 -g 1000 /mnt/disk1/druid/historical /mnt/disk1/druid/middleManager", "implycheck preflight "}
	kubernetes := []string{"kubectl", "helm "}
	for _, c := range []struct {
		form      string
		has, lack []string
	}{
		{"docker-env", append(docker, "> 'a b/secrets.env' )", "scp -pr 'a b' SERVER:'a b'", "docker run -d --name druid-historical --restart unless-stopped --network host --memory ", " --env-file 'a b/historical.env' --env-file 'a b/secrets.env' -v /mnt/disk1/druid/historical:/opt/druid/var apache/druid:33.0.0 historical"), append(servers, kubernetes...)},
		{"compose", append(docker, "> 'a b/.env' )", "docker compose -f 'a b/compose.yaml' up -d"), append(append(servers, "scp "), kubernetes...)},
		{"operator", []string{"kubectl -n druid create secret generic druid-secrets --from-env-file=/dev/stdin", "kubectl get storageclass", "kubectl -n druid apply -f 'a b/druid.yaml'"}, append(servers, docker...)},
		{"helm", []string{"helm -n druid upgrade --install --create-namespace druid druid-helm/druid -f 'a b/values.yaml' -f -"}, append(append(servers, docker...), "storageclass")},
	} {
		text := todoIn(t, c.form, all, disk, scaffold.Roles(c.form)...)
		for _, want := range append(c.has, `CREATE USER "druid" `, "implycheck lint 'a b'\nimplycheck ports 'a b'") {
			require.Contains(t, text, want, c.form)
		}
		for _, not := range append(c.lack, "Fill in", "docker build", "hdfs-site") {
			require.NotContains(t, text, not, c.form)
		}
		other := todoIn(t, c.form, scaffold.Addresses{Metadata: "mysql://db/druid", DeepStorage: "hdfs://nn:8020/d"}, machines[1], scaffold.Roles(c.form)...)
		for _, want := range []string{"docker build -t registry.example.com/druid:33.0.0-mysql", "hdfs-site.xml", "Fill in what only you know"} {
			require.Contains(t, other, want, c.form)
		}
	}

	// Of containers by their limits nobody knows which are together.
	pod := sizing.Pod(16<<30, 4000, nil)
	text := todoIn(t, "docker-env", all, pod, "historical", "broker")
	require.Equal(t, 1, strings.Count(text, "implycheck preflight"))
	require.Equal(t, 1, strings.Count(text, "Start the containers."))
	require.Equal(t, 2, strings.Count(text, "docker run"))

	require.Contains(t, todoIn(t, "operator", scaffold.Addresses{DeepStorage: "file:///shared"}, machines[1], "data"), "ReadWriteMany")
	require.Contains(t, todoIn(t, "compose", scaffold.Addresses{DeepStorage: "file:///shared"}, machines[1], sizing.AllInOne), "sudo install -d -o 1000 -g 1000 /shared")
	require.NotContains(t, todoIn(t, "compose", scaffold.Addresses{Metadata: "derby", DeepStorage: "file:///shared"}, machines[1], sizing.AllInOne), ".env")
}

// TestNamesInSQL: a name that SQL would read otherwise is quoted.
func TestNamesInSQL(t *testing.T) {
	for metadata, want := range map[string]string{
		"postgresql://Dr-uid@db/druid-prod": `CREATE DATABASE "druid-prod" OWNER "Dr-uid" ENCODING`,
		"mysql://me@db/a`b;c":               "CREATE DATABASE `a``b;c` DEFAULT",
	} {
		require.Contains(t, todo(t, "druid-33", scaffold.Addresses{Metadata: metadata}, machines[1], "master"), want)
	}
}
