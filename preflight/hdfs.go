package preflight

import (
	"cmp"
	"fmt"
	"net"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/preflight/facts"
)

// hdfsNeeds ask for the folders in HDFS that processes of this host use; they are found
// once.
func (p *Pass) hdfsNeeds() []Need {
	if len(p.plays(deepStorage...)) == 0 {
		return nil
	}
	return p.once("hdfs", func() (list []Need) {
		for _, k := range conf.Keepings {
			v := p.Tree.Shared(k.Folder)
			if k.Kind == "hdfs" && p.Tree.Shared(k.TypeKey).Is("hdfs") && usable(v) {
				list = append(list, p.hdfsNeed(v, k.What)...)
			}
		}
		return list
	})
}

// writesHDFS reports whether processes of this host write there: tasks, and the logs of
// tasks. Others only read.
func (p *Pass) writesHDFS() bool { return len(p.plays("middleManager", "indexer")) > 0 }

// hdfsNeed asks for one folder; none where that is in S3, which s3aNeeds ask for.
func (p *Pass) hdfsNeed(v conf.Value, use string) []Need {
	n := Need{Target: v.Text, At: p.at(nil, v), Note: use, Question: facts.Question{Name: "hdfs " + v.Text}}
	get := p.hadoopSettings()
	at, why := hdfsAddress(v.Text, get)
	switch {
	case at.Scheme == "s3a" && use == "segments":
		return nil
	case why != "":
		n.Skip = why
		return []Need{n}
	}
	if path.IsAbs(at.Path) { // another is in the user's own folder
		n.Target = "hdfs://" + at.Host + at.Path
	}
	q := facts.HDFS{Path: at.Path, User: p.User, HadoopUser: p.property("HADOOP_USER_NAME"), Settings: map[string]string{}}
	if q.NameNodes, n.Skip = nameNodes(at.Host, get); n.Skip == "" {
		q.Login, n.Relative, n.Skip = p.kerberos(get)
	}
	if n.Skip != "" {
		n.Skip += tryHDFS(v.Text)
	}
	for _, name := range hadoopClientSettings {
		if value := get(name); value != "" {
			q.Settings[name] = value
		}
	}
	q.Replication, q.BlockSize = amount(get("dfs.replication"), 3), amount(get("dfs.blocksize"), 128<<20)
	n.Question = facts.Question{Name: "hdfs " + path.Join(at.Host, at.Path), HDFS: &q}
	return []Need{n}
}

// askedNameNodes are those that the checks of HDFS ask, so that nobody else has to see
// whether they can be reached.
func (p *Pass) askedNameNodes() (list []string) {
	for _, n := range p.hdfsNeeds() {
		if n.Skip == "" {
			list = append(list, n.HDFS.NameNodes...)
		}
	}
	return list
}

// hadoopClientSettings are what the prober's client has to do as Hadoop's does.
var hadoopClientSettings = []string{
	"dfs.client.use.datanode.hostname", "dfs.namenode.kerberos.principal", "dfs.data.transfer.protection", "dfs.encrypt.data.transfer",
}

// tryHDFS is what somebody may do who wants to know what this program cannot tell.
func tryHDFS(folder string) string {
	return ": try hdfs dfs -ls " + folder + " as the user that runs Druid"
}

// hadoopSettings are the properties of Hadoop as Druid has them: druid-hdfs-storage puts
// what begins with hadoop. in its own properties over those of Hadoop's files.
func (p *Pass) hadoopSettings() func(name string) string {
	files := p.hadoop()
	return func(name string) string {
		if v := p.Tree.Shared("hadoop." + name); usable(v) {
			return strings.TrimSpace(v.Text)
		}
		return files[name]
	}
}

// hdfsAddress is where a folder is: without a scheme or a host it is in the file system
// that fs.defaultFS names. It says why this program does not ask there: of the signs of a
// URL Hadoop's Path knows the slash and the colon, and takes the others as they are.
func hdfsAddress(folder string, get func(string) string) (at *url.URL, why string) {
	base := cmp.Or(get("fs.defaultFS"), get("fs.default.name"))
	at, err := url.Parse(folder)
	root, rootErr := url.Parse(base)
	if err != nil || rootErr != nil || strings.Contains(base, "${") || strings.ContainsAny(folder, "$%?#") {
		return &url.URL{}, "its address is one that only Hadoop can read" + tryHDFS(folder)
	}
	if at.Scheme == "" || at.Scheme == root.Scheme && at.Host == "" {
		if base == "" {
			return at, "fs.defaultFS says where it is, and is in none of the files of this tree" + tryHDFS(folder)
		}
		at = &url.URL{Scheme: root.Scheme, Host: root.Host, Path: at.Path}
	}
	switch {
	case at.Scheme != "hdfs":
		return at, fmt.Sprintf("only a client of Hadoop can look into %s://%s", at.Scheme, tryHDFS(folder))
	case at.Host == "":
		return at, "it names no NameNode, and neither does fs.defaultFS" + tryHDFS(folder)
	case at.Path == "":
		at.Path = "/"
	}
	return at, ""
}

// nameNodes are the addresses of the servers of an HDFS: those of hdfs-site.xml where
// the name is that of a nameservice.
func nameNodes(authority string, get func(string) string) (addresses []string, why string) {
	if !slices.Contains(splitList(get("dfs.nameservices")), authority) {
		return []string{withPort(authority)}, ""
	}
	for _, id := range splitList(get("dfs.ha.namenodes." + authority)) {
		if address := get("dfs.namenode.rpc-address." + authority + "." + id); address != "" {
			addresses = append(addresses, withPort(address))
		}
	}
	if address := get("dfs.namenode.rpc-address." + authority); address != "" && len(addresses) == 0 {
		addresses = append(addresses, withPort(address))
	}
	if len(addresses) == 0 || strings.Contains(strings.Join(addresses, ""), "${") {
		return nil, "hdfs-site.xml does not say which are the NameNodes of " + authority
	}
	return addresses, ""
}

// withPort adds the port of a NameNode where there is none.
func withPort(address string) string {
	if _, _, err := net.SplitHostPort(address); err == nil {
		return address
	}
	return net.JoinHostPort(strings.Trim(address, "[]"), "8020")
}

// splitList are the members of one of Hadoop's lists.
func splitList(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == ',' || unicode.IsSpace(r) })
}

// amount reads a number of Hadoop, which may end in k, m, g or t.
func amount(text string, otherwise int64) int64 {
	text = strings.ToLower(text)
	shift := map[string]int{"k": 10, "m": 20, "g": 30, "t": 40}[text[max(0, len(text)-1):]]
	n, err := strconv.ParseInt(strings.TrimRight(text, "kmgt"), 10, 64)
	if err != nil || n <= 0 || n > 1<<22 && shift > 0 {
		return otherwise
	}
	return n << shift
}

// kerberos is how Druid logs in, nil where HDFS believes its name. It says why this
// program cannot.
func (p *Pass) kerberos(get func(string) string) (login *facts.Kerberos, relative bool, why string) {
	switch how := strings.ToLower(get("hadoop.security.authentication")); how {
	case "", "simple":
		return nil, false, ""
	case "kerberos":
	default:
		return nil, false, "hadoop.security.authentication is " + how + ", which only a client of Hadoop knows"
	}
	principal, keytab := p.Tree.Shared("druid.hadoop.security.kerberos.principal"), p.Tree.Shared("druid.hadoop.security.kerberos.keytab")
	protection := splitList(get("hadoop.rpc.protection"))
	switch {
	case !usable(principal) || !usable(keytab):
		return nil, false, "without druid.hadoop.security.kerberos.principal and keytab Druid takes the ticket of the user that starts it"
	case get("dfs.namenode.kerberos.principal") == "":
		return nil, false, "dfs.namenode.kerberos.principal is in none of Hadoop's files, and a client has to know it"
	case len(protection) > 0 && !slices.Contains(protection, "authentication"):
		return nil, false, "hadoop.rpc.protection is " + strings.Join(protection, ",") + ", and this program asks what is not encrypted"
	}
	login = &facts.Kerberos{Principal: principal.Text, Keytab: p.path(keytab.Text), Conf: "/etc/krb5.conf"}
	if file := p.property("java.security.krb5.conf"); file != "" {
		login.Conf = p.path(file)
	}
	return login, !path.IsAbs(keytab.Text), ""
}
