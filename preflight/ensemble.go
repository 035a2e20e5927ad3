package preflight

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/preflight/facts"
	"github.com/implycheck/implycheck/rules"
)

func ensembleChecks() []*Check { return []*Check{liveZKSession, liveZKPath, liveZKACL, liveZKWrite} }

// zkSession asks for a session as Druid opens one: with its time-out and login, and
// for the nodes that it works below.
func (p *Pass) zkSession(key string) []Need {
	servers := p.Tree.ZooKeepers()
	if !p.Tree.UsesZooKeeper() || len(servers) == 0 || len(p.Services) == 0 {
		return nil
	}
	s := facts.Session{TimeoutMS: 30000}
	for _, a := range servers {
		s.Servers = append(s.Servers, a.String())
	}
	if n, ok := p.Tree.Shared("druid.zk.service.sessionTimeoutMs").Int64(); ok {
		s.TimeoutMS = n
	}
	_, chroot, _ := strings.Cut(p.Tree.Shared(conf.ZooKeeperKey).Text, "/")
	base := p.Tree.Shared("druid.zk.paths.base").Text
	if chroot = path.Clean("/" + chroot); chroot != "/" {
		s.Paths = append(s.Paths, chroot)
	}
	s.Paths = append(s.Paths, path.Join(chroot, "/"+base))
	skip := ""
	if !p.zkLogin(&s) {
		skip = elsewhere
	}
	v := p.Tree.Shared(key)
	if !v.Set {
		v = p.Tree.Shared(conf.ZooKeeperKey)
	}
	return []Need{{Question: facts.Question{Name: "zookeeper session", Session: &s}, At: p.at(nil, v), Target: "ZooKeeper", Note: chroot, Skip: skip}}
}

// zkLogin fills in who logs in; false if somebody else knows the password.
func (p *Pass) zkLogin(s *facts.Session) bool {
	user, password := p.Tree.Shared("druid.zk.service.user"), p.Tree.Shared("druid.zk.service.pwd")
	if !usable(user) {
		return true
	}
	secret, told := secretOf(password)
	s.Scheme = p.Tree.Shared("druid.zk.service.authScheme").Text
	if s.Scheme == "" {
		s.Scheme = "digest"
	}
	s.Login = facts.Secret{Text: user.Text + ":" + secret.Text}
	if secret.Variable != "" {
		s.User, s.Login = user.Text, secret
	}
	return told
}

var liveZKSession = &Check{
	Rule: rules.Rule{
		ID: "live-zk-session", Severity: finding.Error,
		Title:  "ZooKeeper opens no session, or one with another timeout.",
		Why:    "A server bounds sessions, by default to 2 to 20 ticks of 2 s: a client that asks for more than 40 s gets 40 s, and no log line says so.",
		Effect: "Without a session processes do not start. A shorter one ends in a pause of Java that the configuration meant to survive.",
		Fix:    "Raise maxSessionTimeout in zoo.cfg, or lower druid.zk.service.sessionTimeoutMs.",
		Source: "org.apache.druid.curator.CuratorConfig (30000 by default), 0.15.1; ZooKeeper 3.9.3, run: 4000 to 40000 ms at tickTime 2000",
	},
	Needs: func(p *Pass) []Need { return p.zkSession("druid.zk.service.sessionTimeoutMs") },
	Each: func(p *Pass, a Asked) {
		want := a.Question.Session.TimeoutMS
		required := fmt.Sprintf("a session of %d ms", want)
		switch {
		case a.Problem.Has(facts.Rejected):
			p.Fail(a, required, a.Problem.Text, "ZooKeeper opens no session: %s", a.Problem.Text)
		case a.Problem.Has(facts.Refused, facts.NoName, facts.Unreachable):
			p.Fail(a, required, a.Problem.Text, "no session with ZooKeeper: %s", a.Problem.Text)
		case a.Problem != nil:
			p.Unknown(a, required, a.Problem.Text)
		case a.Session.TimeoutMS != want:
			p.Warn(a, required, fmt.Sprintf("%d ms", a.Session.TimeoutMS), "ZooKeeper grants a session of %d ms, and druid.zk.service.sessionTimeoutMs asks for %d", a.Session.TimeoutMS, want)
		default:
			p.Pass(a, required, fmt.Sprintf("%d ms", a.Session.TimeoutMS))
		}
	},
}

var liveZKPath = &Check{
	Rule: rules.Rule{
		ID: "live-zk-path", Severity: finding.Error,
		Title:  "The path at the end of druid.zk.service.host does not exist in ZooKeeper.",
		Why:    "Curator makes nodes below the path that the connect string ends in, and not the path itself.",
		Effect: "KeeperErrorCode = NoNode for everything; no process finds another.",
		Fix:    "Make the node (zkCli.sh create /path), or take the path out of druid.zk.service.host and set druid.zk.paths.base.",
		Source: "org.apache.zookeeper.client.ConnectStringParser; Curator does not make a chroot (CURATOR-13)",
	},
	Needs: func(p *Pass) []Need { return p.zkSession("druid.zk.paths.base") },
	Known: func(p *Pass, a Asked) {
		for _, n := range a.Session.Nodes {
			at := a
			at.Target = n.Path
			switch isChroot := n.Path == a.Note; {
			case n.Error != "" && !n.Exists:
				p.Unknown(at, "exists", n.Error)
			case !n.Exists && isChroot:
				p.Fail(at, "exists", "does not exist", "the path %s of druid.zk.service.host does not exist in ZooKeeper", n.Path)
			case !n.Exists:
				p.Pass(at, "exists, or is created at first start", "does not exist yet")
			default:
				p.Pass(at, "exists", fmt.Sprintf("%d nodes below it", n.Children))
			}
		}
	},
}

var liveZKACL = &Check{
	Rule: rules.Rule{
		ID: "live-zk-acl", Severity: finding.Error,
		Title:  "Druid may not read and write its own nodes of ZooKeeper.",
		Why:    "A node belongs to who made it with druid.zk.service.acl=true: another user, or none, may read at most.",
		Effect: "KeeperErrorCode = NoAuth, when a process announces itself.",
		Fix:    "Set druid.zk.service.user and pwd to the ones that made the nodes, or change their ACL with setAcl.",
		Source: "org.apache.druid.curator.CuratorModule (SecuredACLProvider), 0.15.1; ZooKeeper 3.9.3, run: get without addauth answers NoAuth",
	},
	Needs: func(p *Pass) []Need { return p.zkSession("druid.zk.service.user") },
	Known: func(p *Pass, a Asked) {
		user, _, _ := strings.Cut(a.Question.Session.Login.Text, ":")
		user = user + a.Question.Session.User
		for _, n := range a.Session.Nodes {
			at := a
			at.Target = n.Path
			acl := strings.Join(n.ACL, ", ")
			switch {
			case strings.Contains(n.Error, "not authenticated"):
				p.Fail(at, "read and written by Druid", "not authenticated", "only the owner of %s may read it, and Druid is not logged in as that user", n.Path)
			case n.Error != "":
				p.Unknown(at, "read and written by Druid", n.Error)
			case !n.Exists:
				p.Pass(at, "read and written by Druid", "does not exist yet")
			case !slices.ContainsFunc(n.ACL, func(entry string) bool { return grants(entry, user) }):
				p.Fail(at, "read and written by Druid", acl, "%s can be written only by %s", n.Path, acl)
			case p.Tree.Shared("druid.zk.service.acl").Is("true") && slices.ContainsFunc(n.ACL, func(entry string) bool { return grants(entry, "") }):
				p.Warn(at, "the owner's only (druid.zk.service.acl)", acl, "druid.zk.service.acl is true, and anyone may write to %s, which was created before", n.Path)
			default:
				p.Pass(at, "read and written by Druid", acl)
			}
		}
	},
}

// grants reports whether an entry scheme:user:cdrwa lets a user make nodes; without
// a user it speaks of anybody.
func grants(entry, user string) bool {
	parts := strings.Split(entry, ":")
	if len(parts) < 3 || !strings.Contains(parts[len(parts)-1], "c") {
		return false
	}
	return parts[0] == "world" || user != "" && (parts[0] != "digest" || parts[1] == user)
}

var liveZKWrite = &Check{
	Rule: rules.Rule{
		ID: "live-zk-write", Severity: finding.Error,
		Title:  "A node cannot be written in ZooKeeper.",
		Why:    "With --probe-writes an ephemeral node .implycheck-* is created below druid.zk.paths.base, and deleted again.",
		Effect: "Processes cannot announce themselves.",
		Fix:    "Mend the rights of the node, or the ensemble.",
		Source: "the attempt itself",
	},
	Needs: func(p *Pass) []Need {
		if !p.Probe {
			return nil
		}
		list := p.zkSession("druid.zk.paths.base")
		for i := range list {
			list[i].Question.Name, list[i].Session.Probe = "zookeeper session that writes", true
		}
		return list
	},
	Known: func(p *Pass, a Asked) {
		if a.Session.WriteError != "" {
			p.Fail(a, "a node can be made", a.Session.WriteError, "no node can be made in ZooKeeper: %s", a.Session.WriteError)
			return
		}
		p.Pass(a, "a node can be made", "wrote "+a.Session.Wrote+" and deleted it")
	},
}
