package probe

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"path"
	"strings"
	"time"

	"github.com/go-zookeeper/zk"

	"github.com/implycheck/implycheck/preflight/facts"
)

// session opens a session, as Curator does, and looks at some nodes. The client
// tries for ever: the context ends it, whatever it is doing.
func session(ctx context.Context, q facts.Session) (*facts.Opened, error) {
	if err := anyOf(ctx, q.Servers); err != nil {
		return nil, err
	}
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	o, err := converse(ctx, q, func() { end(errNoZooKeeper) })
	if context.Cause(ctx) == errNoZooKeeper {
		return nil, errNoZooKeeper
	}
	return o, err
}

// converse has the session. The client is not told what is wrong with a server: bad is.
func converse(ctx context.Context, q facts.Session, bad func()) (*facts.Opened, error) {
	dialer := func(network, address string, _ time.Duration) (net.Conn, error) {
		conn, err := connect(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return newZooKeeperConn(conn, bad), nil
	}
	conn, events, err := zk.Connect(q.Servers, time.Duration(q.TimeoutMS)*time.Millisecond, zk.WithLogger(quiet{}), zk.WithDialer(dialer))
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	if err := opened(ctx, events); err != nil {
		return nil, err
	}
	o := &facts.Opened{}
	if o.TimeoutMS, err = handshake(ctx, conn.Server(), q.TimeoutMS); err != nil {
		return nil, err
	}
	if q.Scheme != "" {
		login := reveal(q.Login)
		if q.User != "" {
			login = q.User + ":" + login
		}
		if err := within(ctx, func() error { return conn.AddAuth(q.Scheme, []byte(login)) }); err != nil {
			return nil, rejected{"it does not take the login: " + err.Error()}
		}
	}
	for _, path := range q.Paths {
		o.Nodes = append(o.Nodes, node(ctx, conn, path))
	}
	if q.Probe && len(q.Paths) > 0 {
		writeNode(ctx, conn, q.Paths[len(q.Paths)-1], o)
	}
	return o, nil
}

// anyOf reports why none of some servers can be connected to.
func anyOf(ctx context.Context, servers []string) (err error) {
	for _, server := range servers {
		var conn net.Conn
		if conn, err = connect(ctx, "tcp", server); err == nil {
			return conn.Close()
		}
	}
	return err
}

// opened waits for the session.
func opened(ctx context.Context, events <-chan zk.Event) error {
	for {
		select {
		case e := <-events:
			switch e.State {
			case zk.StateHasSession:
				return nil
			case zk.StateAuthFailed:
				return rejected{"it does not take the login"}
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// within gives a call up when the context ends: the client's calls know none.
func within(ctx context.Context, call func() error) error {
	done := make(chan error, 1)
	go func() { done <- safely(call) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func node(ctx context.Context, conn *zk.Conn, path string) facts.Node {
	n := facts.Node{Path: path}
	err := within(ctx, func() error {
		ok, stat, err := conn.Exists(path)
		if err != nil || !ok {
			return err
		}
		n.Exists, n.Children = true, stat.NumChildren
		acl, _, err := conn.GetACL(path)
		for _, a := range acl {
			n.ACL = append(n.ACL, fmt.Sprintf("%s:%s:%s", a.Scheme, identity(a), permissions(a.Perms)))
		}
		return err
	})
	if err != nil {
		n.Error = err.Error()
	}
	return n
}

// identity leaves the digest of a password out.
func identity(a zk.ACL) string {
	user, _, _ := strings.Cut(a.ID, ":")
	return user
}

func permissions(perms int32) string {
	var b strings.Builder
	for _, p := range []struct {
		bit    int32
		letter byte
	}{{zk.PermCreate, 'c'}, {zk.PermDelete, 'd'}, {zk.PermRead, 'r'}, {zk.PermWrite, 'w'}, {zk.PermAdmin, 'a'}} {
		if perms&p.bit != 0 {
			b.WriteByte(p.letter)
		}
	}
	return b.String()
}

// writeNode makes an ephemeral node below the nearest one that exists, which the
// server takes away by itself where nobody else does.
func writeNode(ctx context.Context, conn *zk.Conn, below string, o *facts.Opened) {
	for ; below != "/"; below = path.Dir(below) {
		if ok, _, err := conn.Exists(below); ok || err != nil {
			break
		}
	}
	name := path.Join(below, fmt.Sprintf(".implycheck-%016x", rand.Uint64()))
	err := within(ctx, func() error {
		_, err := conn.Create(name, []byte("implycheck preflight"), zk.FlagEphemeral, zk.WorldACL(zk.PermAll))
		return err
	})
	if err != nil {
		o.WriteError = fmt.Sprintf("%s: %v", name, err)
		return
	}
	o.Wrote = name
	clean, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanTime)
	defer cancel()
	err = within(clean, func() error { return conn.Delete(name, -1) })
	if err != nil && !errors.Is(err, zk.ErrNoNode) {
		o.WriteError = fmt.Sprintf("%s was written and could not be taken away (it goes with the session): %v", name, err)
	}
}
