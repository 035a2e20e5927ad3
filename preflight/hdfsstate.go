package preflight

import (
	"fmt"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/preflight/facts"
	"github.com/implycheck/implycheck/rules"
)

func hdfsChecks() []*Check {
	return []*Check{liveHDFSNameNode, liveHDFSFolder, liveHDFSRoom, liveHDFSWrite}
}

var liveHDFSNameNode = &Check{
	Rule: rules.Rule{
		ID: "live-hdfs-namenode", Severity: finding.Error,
		Title:  "No NameNode of HDFS is active, or it is in safe mode, or Druid cannot log in.",
		Why:    "Of several NameNodes one is active, and the others only take over. In safe mode, which ends by itself when enough DataNodes have reported, nothing can be written. Druid logs in with Kerberos where hadoop.security.authentication says so, and else says a name: HADOOP_USER_NAME, or the user that it runs as.",
		Effect: "Operation category READ is not supported in state standby, or SafeModeException: tasks cannot push segments. From Druid 27 on a process with druid-hdfs-storage stops at start where the file system of fs.defaultFS does not answer: Failed to access hdfs.",
		Fix:    "Start a NameNode or make one active (hdfs haadmin -getServiceState), wait for the end of safe mode (hdfs dfsadmin -safemode get), or mend the addresses in core-site.xml and hdfs-site.xml, or the principal and the keytab.",
		Source: "extensions-core/hdfs-storage: HdfsStorageAvailabilityChecker.java:47-60 (since apache/druid#14276, 27), HdfsStorageAuthentication.java:55-72, HdfsStorageDruidModule.java:107; Hadoop's UserGroupInformation and StandbyState; Hadoop 3.4.1, run",
	},
	Needs: func(p *Pass) []Need {
		var list []Need
		for _, n := range p.hdfsNeeds() {
			if n.Skip == "" {
				n.Target, _, _ = strings.Cut(strings.TrimPrefix(n.Target, "hdfs://"), "/")
				n.Target = "hdfs://" + n.Target
			}
			if !slices.ContainsFunc(list, func(o Need) bool { return o.Target == n.Target }) {
				list = append(list, n)
			}
		}
		return list
	},
	Each: judgeNameNodes,
}

const oneActive = "one NameNode is active"

func judgeNameNodes(p *Pass, a Asked) {
	if a.Problem.Has(facts.Rejected, facts.Missing) {
		p.Fail(a, oneActive, a.Problem.Text, "Druid cannot log in to %s: %s", a.Target, a.Problem.Text)
		return
	}
	if a.Problem != nil {
		p.Unknown(a, oneActive, a.Problem.Text)
		return
	}
	list := a.HDFS.NameNodes
	is := func(state string) func(n facts.NameNode) bool {
		return func(n facts.NameNode) bool { return n.State == state }
	}
	active := slices.IndexFunc(list, is(facts.Active))
	lost := slices.IndexFunc(list, func(n facts.NameNode) bool { return n.State == "" && n.Problem != nil })
	current := statesOf(list)
	switch {
	case active < 0:
		p.noneActive(a, current)
	case list[active].Safe && p.writesHDFS():
		p.Fail(a, oneActive+", and not in safe mode", current, "%s is in safe mode: nothing can be written to %s", list[active].Address, a.Target)
	case list[active].Safe:
		p.Warn(a, oneActive+", and not in safe mode", current, "%s is in safe mode: tasks on other servers cannot write to %s", list[active].Address, a.Target)
	case lost >= 0:
		p.Warn(a, oneActive, current, "%s, a NameNode of %s, does not answer: %s; if the other stops, none takes over", list[lost].Address, a.Target, list[lost].Problem.Text)
	default:
		p.Pass(a, oneActive, current)
	}
}

// noneActive tells NameNodes that are all standby or down from those of which this
// program cannot know it.
func (p *Pass) noneActive(a Asked, current string) {
	for _, n := range a.HDFS.NameNodes {
		one := Asked{a.Need, facts.Answer{Problem: n.Problem, Milliseconds: a.Milliseconds}}
		switch {
		case one.cutOff(), n.Problem != nil && !one.unreached() && !n.Problem.Has(facts.Rejected):
			p.Unknown(a, oneActive, current+tryHDFS(a.Target))
			return
		case n.Problem.Has(facts.Rejected) && !p.hasHadoop():
			p.Unknown(a, oneActive, current+"; Hadoop's files, which may say how to log in, are not in this tree")
			return
		case n.Problem.Has(facts.Rejected) && isTrue(p.hadoopSettings()("ipc.client.fallback-to-simple-auth-allowed")):
			p.Unknown(a, oneActive, current+"; ipc.client.fallback-to-simple-auth-allowed lets Hadoop try without Kerberos")
			return
		}
	}
	p.Fail(a, oneActive, current, "no NameNode of %s is active: %s", a.Target, current)
}

// hasHadoop reports whether the tree has files of Hadoop.
func (p *Pass) hasHadoop() bool { return len(p.hadoop()) > 0 }

// statesOf are what NameNodes are: nn1:8020 active, nn2:8020 standby.
func statesOf(list []facts.NameNode) string {
	var all []string
	for _, n := range list {
		state := n.State
		if n.Safe {
			state += ", in safe mode"
		}
		if n.Problem != nil {
			state = "(" + n.Problem.Text + ")"
		}
		all = append(all, n.Address+" "+state)
	}
	return strings.Join(all, ", ")
}

// inHDFS lets a check judge what an active NameNode says of a folder; where there is
// nothing to judge another check has said why.
func (p *Pass) inHDFS(a Asked, judge func(p *Pass, a Asked, t *facts.Namespace)) {
	switch {
	case a.HDFS.Nearest == "":
		p.Unknown(a, "", "no NameNode is active: see live-hdfs-namenode")
	case a.HDFS.Blocked != "" && p.check.ID != "live-hdfs-folder":
		p.Unknown(a, "", a.HDFS.User+" may not look into it: see live-hdfs-folder")
	default:
		judge(p, a, a.HDFS)
	}
}

// denied says that a user may not do something, or that it is not known whether that is
// the user that matters.
func (p *Pass) denied(a Asked, required, current, format string, args ...any) {
	if !a.HDFS.Guessed {
		p.Fail(a, required, current, format, args...)
		return
	}
	p.Unknown(a, required, fmt.Sprintf(format, args...)+"; whom Druid runs as, --user says")
}

var liveHDFSFolder = &Check{
	Rule: rules.Rule{
		ID: "live-hdfs-folder", Severity: finding.Error,
		Title:  "The folder in HDFS cannot be read or written by the user that Druid runs as, or not be made by it.",
		Why:    "Tasks make the folder with all above it when they push a segment or a log; Historicals and the Overlord only read. The NameNode says itself what the user may do there: it knows groups, lists of access, and its superuser.",
		Effect: "AccessControlException: Permission denied, after a task has done its work: the task fails. Without the right to read, Historicals load no segments.",
		Fix:    "Make the folder for that user: hdfs dfs -mkdir -p FOLDER, hdfs dfs -chown druid FOLDER.",
		Source: "extensions-core/hdfs-storage: HdfsDataSegmentPusher.java:180-213 (mkdirs, create, rename), tasklog/HdfsTaskLogs.java, 0.12.3 to 38; Hadoop's ClientProtocol.checkAccess; Hadoop 3.4.1, run",
	},
	Needs: (*Pass).hdfsNeeds,
	Known: func(p *Pass, a Asked) { p.inHDFS(a, judgeHDFSFolder) },
}

func judgeHDFSFolder(p *Pass, a Asked, t *facts.Namespace) {
	writes := p.writesHDFS()
	required := "may be read by " + t.User
	if writes {
		required = "may be read and written by " + t.User
	}
	whose := fmt.Sprintf("%s %s:%s", t.Mode, t.Owner, t.Group)
	current := whose
	if !t.Exists {
		current = "does not exist; " + t.Nearest + " is " + whose
	}
	switch reason := t.Unknown["rights"]; {
	case t.Blocked != "":
		p.denied(a, required, t.Blocked, "%s may not look into %s: %s", t.User, a.Target, t.Blocked)
	case !t.IsDir:
		p.Fail(a, required, current, "%s is a file, and a folder has to be there for %s", t.Nearest, a.Note)
	case reason != "":
		p.Unknown(a, required, current+"; the NameNode does not say what "+t.User+" may do there: "+reason)
	case !t.Exists && !writes:
		p.Pass(a, required, current+"; tasks create it")
	case !t.Exists && !t.Writable:
		p.denied(a, required, current, "%s does not exist, and %s cannot create it in %s (%s)", a.Target, t.User, t.Nearest, whose)
	case !t.Enterable:
		p.denied(a, required, current, "%s cannot read what is in %s (%s)", t.User, a.Target, whose)
	case writes && !t.Writable:
		p.denied(a, required, current, "%s cannot write to %s (%s)", t.User, a.Target, whose)
	case t.Encrypted:
		p.Unknown(a, required, current+", in an encryption zone, whose key this program does not ask for"+tryHDFS(a.Target))
	default:
		p.Pass(a, required, current)
	}
}

var liveHDFSRoom = &Check{
	Rule: rules.Rule{
		ID: "live-hdfs-room", Severity: finding.Error,
		Title:  "HDFS is full, or a quota of the folder is used up.",
		Why:    "HDFS counts a file that is being written as a whole block with all its replicas (dfs.blocksize x dfs.replication, 384 MiB without others), so that much has to be left. Quotas are asked for the folder and for those above it that belong to the same user.",
		Effect: "DSQuotaExceededException, NSQuotaExceededException, or could only be written to 0 of the 1 minReplication nodes: tasks cannot push segments.",
		Fix:    "Raise the quota (hdfs dfsadmin -setSpaceQuota, -setQuota), delete what is not needed, or add DataNodes.",
		Source: "Hadoop's FSDirectory.updateCount and FSDirWriteFileOp (a block is counted as full); hdfs-default.xml (dfs.blocksize, dfs.replication); Hadoop 3.4.1, run",
	},
	Needs: (*Pass).hdfsNeeds,
	Known: func(p *Pass, a Asked) { p.inHDFS(a, judgeHDFSRoom) },
}

func judgeHDFSRoom(p *Pass, a Asked, t *facts.Namespace) {
	q := a.Question.HDFS
	block := q.BlockSize * q.Replication
	if t.Erasure {
		block = q.BlockSize // of which the parts, and no replicas, are written
	}
	required := "room for a block: " + text.About(block)
	current := fmt.Sprintf("%s of %s free", text.About(t.Free), text.About(t.Size))
	for _, quota := range t.Quotas {
		current += quotaText(quota)
	}
	switch reason := t.Unknown["space"] + t.Unknown["quota"]; {
	case reason != "":
		p.Unknown(a, required, reason)
		return
	case t.Size == 0:
		p.Fail(a, required, "no DataNode is up", "no DataNode of HDFS is up: nothing can be read or written")
		return
	case !p.writesHDFS():
		p.Pass(a, "DataNodes are up", current)
		return
	case t.Free < block:
		p.Fail(a, required, current, "HDFS has %s left, and a file of %s needs %s", text.About(t.Free), a.Note, text.About(block))
		return
	}
	for _, quota := range t.Quotas {
		if p.judgeQuota(a, quota, block, required, current) {
			return
		}
	}
	if t.Free < t.Size/20 {
		p.Warn(a, required, current, "HDFS has %s of %s left", text.About(t.Free), text.About(t.Size))
		return
	}
	p.Pass(a, required, current)
}

// pushNames is how many names the push of a segment takes at least: a folder of its own
// for the file while it is written, and the file.
const pushNames = 2

// judgeQuota reports whether a quota gives something to say.
func (p *Pass) judgeQuota(a Asked, q facts.Quota, block int64, required, current string) bool {
	names, space := q.Names-q.NamesUsed, q.Space-q.SpaceUsed
	switch {
	case q.Space >= 0 && space < block:
		p.Fail(a, required, current, "%s has a quota of %s, of which %s are left, and a file of %s needs %s until it is written", q.Path, text.About(q.Space), text.About(max(0, space)), a.Note, text.About(block))
	case q.Names >= 0 && names < pushNames:
		p.Fail(a, required, current, "%s has a quota of %d names, of which %d are left", q.Path, q.Names, max(0, names))
	case q.Space >= 0 && space < q.Space/10:
		p.Warn(a, required, current, "%s has a quota of %s, of which %s are left", q.Path, text.About(q.Space), text.About(space))
	case q.Names >= 0 && names < q.Names/10:
		p.Warn(a, required, current, "%s has a quota of %d names, of which %d are left", q.Path, q.Names, names)
	default:
		return false
	}
	return true
}

// quotaText says what a quota leaves; nothing where there is none.
func quotaText(q facts.Quota) (s string) {
	if q.Space >= 0 {
		s += fmt.Sprintf("; %s may hold %s, and holds %s", q.Path, text.About(q.Space), text.About(q.SpaceUsed))
	}
	if q.Names >= 0 {
		s += fmt.Sprintf("; %s may have %d names, and has %d", q.Path, q.Names, q.NamesUsed)
	}
	return s
}

var liveHDFSWrite = &Check{
	Rule: rules.Rule{
		ID: "live-hdfs-write", Severity: finding.Error,
		Title:  "A file cannot be written to HDFS below the folder, or not be deleted again.",
		Why:    "With --probe-writes a file .implycheck-* of 21 bytes is written in the folder, or in the nearest above it that exists, and deleted. Its bytes go to DataNodes, which have other names and ports than the NameNode.",
		Effect: "could only be written to 0 of the 1 minReplication nodes, or a timeout: tasks cannot push segments.",
		Fix:    "Open the ports of the DataNodes (9866; 50010 in Hadoop 2) to this machine, set dfs.client.use.datanode.hostname=true where their addresses are internal, or mend the rights.",
		Source: "the attempt itself",
	},
	Needs: func(p *Pass) []Need {
		if !p.writesHDFS() {
			return nil
		}
		return p.writing(p.hdfsNeeds())
	},
	Known: func(p *Pass, a Asked) { p.inHDFS(a, judgeHDFSWrite) },
}

func judgeHDFSWrite(p *Pass, a Asked, t *facts.Namespace) {
	const required = "a file can be written and deleted"
	switch {
	case t.Left != "":
		p.Fail(a, required, t.WriteError, "%s was written and could not be deleted: delete it by hand", t.Left)
	case t.Unknown["write"] != "":
		p.Unknown(a, required, t.Unknown["write"])
	case t.WriteError != "":
		p.denied(a, required, t.WriteError, "no file can be written: %s", t.WriteError)
	case t.Encrypted:
		p.Unknown(a, required, "it is in an encryption zone, and this program does not encrypt: nothing was written"+tryHDFS(a.Target))
	default:
		p.Pass(a, required, "wrote "+t.Wrote+" and deleted it")
	}
}
