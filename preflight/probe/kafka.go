package probe

import (
	"context"
	"fmt"
	"net"
	"strconv"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/implycheck/implycheck/preflight/facts"
)

// kafka asks for the brokers of a cluster, and whether each can be reached by the
// name that it gives itself: clients go there, and not to the bootstrap servers.
func kafka(ctx context.Context, q facts.Kafka) (*facts.Brokers, error) {
	client, err := kgo.NewClient(kgo.SeedBrokers(q.Servers...), kgo.DialTimeout(connectTime), kgo.RetryTimeout(connectTime), kgo.RequestRetries(0), kgo.FetchMaxBytes(longestMessage), kgo.FetchMaxPartitionBytes(longestMessage), kgo.BrokerMaxReadBytes(longestMessage),
		kgo.Dialer(func(ctx context.Context, network, address string) (net.Conn, error) {
			return connect(ctx, network, address)
		}))
	if err != nil {
		return nil, err
	}
	defer client.Close()
	request := kmsg.NewPtrMetadataRequest()
	request.Topics = []kmsg.MetadataRequestTopic{}
	answer, err := request.RequestWith(ctx, client)
	if err != nil {
		return nil, err
	}
	b := &facts.Brokers{Brokers: []string{}}
	for _, broker := range answer.Brokers {
		address := net.JoinHostPort(broker.Host, strconv.Itoa(int(broker.Port)))
		b.Brokers = append(b.Brokers, address)
		if _, err := dial(ctx, facts.Dial{Network: "tcp", Address: address}); err != nil {
			b.Unreachable = append(b.Unreachable, fmt.Sprintf("%s: %s", address, problem(err).Text))
		}
	}
	return b, nil
}
