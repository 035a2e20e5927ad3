package probe

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"
	"sync"
	"time"

	"github.com/colinmarc/hdfs/v2"
	"github.com/colinmarc/hdfs/v2/hadoopconf"

	"github.com/implycheck/implycheck/preflight/facts"
)

// stateTime is what a NameNode may take to say what it is: one that hangs leaves time
// to ask the other for the folder.
const stateTime = 3 * time.Second

// hadoop is a conversation with HDFS.
type hadoop struct {
	q       facts.HDFS
	options hdfs.ClientOptions
	tree    *facts.Namespace
}

// askHDFS asks all NameNodes at the same time what they are, as a client of Hadoop has
// to find out, and the active one for the folder.
func askHDFS(ctx context.Context, q facts.HDFS) (*facts.Namespace, error) {
	h := &hadoop{q: q, tree: &facts.Namespace{Unknown: map[string]string{}}}
	if err := h.login(ctx); err != nil {
		return nil, err
	}
	h.tree.Path = q.Path
	if !path.IsAbs(q.Path) {
		h.tree.Path = path.Join("/user", h.tree.User, q.Path)
	}
	if active := h.nameNodes(ctx); active != nil {
		return h.tree, h.folder(ctx, active)
	}
	return h.tree, nil
}

// login finds out who asks, as UserGroupInformation of Hadoop does.
func (h *hadoop) login(ctx context.Context) error {
	h.options = hdfs.ClientOptionsFromConf(hadoopconf.HadoopConf(h.q.Settings))
	h.options.KerberosClient = nil
	if h.q.Login != nil {
		client, err := kerberos(ctx, *h.q.Login)
		if err != nil {
			return err
		}
		h.options.KerberosClient = client
		h.tree.User, _, _ = strings.Cut(client.Credentials.UserName(), "/") // as HDFS calls it without rules of its own
		return nil
	}
	h.tree.User = cmp.Or(os.Getenv("HADOOP_USER_NAME"), h.q.HadoopUser, h.q.User)
	h.tree.Guessed = h.tree.User == ""
	if who, err := lookup(h.tree.User); err == nil {
		h.tree.User = who.name // of a number
	}
	h.options.User = h.tree.User
	return nil
}

// nameNodes asks each NameNode what it is, and answers the active one.
func (h *hadoop) nameNodes(ctx context.Context) *nameNode {
	h.tree.NameNodes = make([]facts.NameNode, len(h.q.NameNodes))
	open := make([]*nameNode, len(h.q.NameNodes))
	var all sync.WaitGroup
	for i, address := range h.q.NameNodes {
		all.Go(func() {
			n := &h.tree.NameNodes[i]
			n.Address = address
			err := safely(func() (err error) {
				open[i], err = h.ask(ctx, n)
				return err
			})
			if err != nil {
				n.Problem = nameNodeProblem(err)
			}
		})
	}
	all.Wait()
	for i, n := range h.tree.NameNodes {
		if n.State == facts.Active {
			return open[i]
		}
	}
	return nil
}

// ask opens a connection to a NameNode, for as long as the context lasts, and asks it
// what it is.
func (h *hadoop) ask(ctx context.Context, n *facts.NameNode) (*nameNode, error) {
	soon, cancel := context.WithCancel(ctx)
	late := time.AfterFunc(stateTime, cancel)
	conn, err := openNameNode(soon, h.options, n.Address)
	if err == nil {
		if n.State, err = conn.state(soon); err == nil {
			n.Safe, err = conn.safe(soon)
		}
	}
	if !late.Stop() && err != nil {
		return nil, context.DeadlineExceeded
	}
	context.AfterFunc(ctx, cancel)
	return conn, err
}

// nameNodeProblem knows that an exception is said by somebody who has understood.
func nameNodeProblem(err error) *facts.Problem {
	if thrown(err, "AccessControlException") {
		err = rejected{err.Error()}
	}
	return problem(err)
}

// folder asks for the folder, or for the nearest above it that exists.
func (h *hadoop) folder(ctx context.Context, n *nameNode) error {
	t := h.tree
	node, err := h.nearest(ctx, n)
	if thrown(err, "AccessControlException") {
		t.Blocked = err.Error()
		return nil
	}
	if err != nil {
		return err
	}
	t.IsDir, t.Owner, t.Group = node.folder, node.owner, node.group
	if t.Mode = fs.FileMode(node.mode).String(); node.folder {
		t.Mode = (fs.ModeDir | fs.FileMode(node.mode)).String()
	}
	t.Encrypted, t.Erasure = node.flags&encrypted != 0, node.flags&erasure != 0
	h.rights(ctx, n)
	if t.Size, t.Free, err = n.space(ctx); err != nil {
		t.Unknown["space"] = err.Error()
	}
	h.quotas(ctx, n, node)
	if h.q.Probe && !t.Encrypted {
		h.write(ctx, n)
	}
	return nil
}

// nearest finds the folder, or the one above in which it would be made.
func (h *hadoop) nearest(ctx context.Context, n *nameNode) (*inode, error) {
	t := h.tree
	for t.Nearest = path.Clean(t.Path); ; t.Nearest = path.Dir(t.Nearest) {
		node, err := n.stat(ctx, t.Nearest)
		if node != nil || err != nil {
			t.Exists = err == nil && t.Nearest == path.Clean(t.Path)
			return node, err
		}
		if t.Nearest == "/" {
			return nil, errNoHDFS
		}
	}
}

// rights asks what the user may do there.
func (h *hadoop) rights(ctx context.Context, n *nameNode) {
	const enter, write = 1, 2
	var err error
	if h.tree.Enterable, err = n.may(ctx, h.tree.Nearest, enter); err == nil {
		h.tree.Writable, err = n.may(ctx, h.tree.Nearest, write+enter)
	}
	if err != nil {
		h.tree.Unknown["rights"] = err.Error()
	}
}

// quotas asks for those of the user's own folders from there upward. To count what is
// in others', such as /user, costs a NameNode time, and takes rights in all of them.
func (h *hadoop) quotas(ctx context.Context, n *nameNode, node *inode) {
	t := h.tree
	for at := t.Nearest; at != "/" && node != nil && node.folder && node.owner == t.User; {
		q, err := n.quota(ctx, at)
		if err != nil {
			t.Unknown["quota"] = fmt.Sprintf("%s: %v", at, err)
			return
		}
		t.Quotas = append(t.Quotas, q)
		at = path.Dir(at)
		node, _ = n.stat(ctx, at)
	}
}
