package probe

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/implycheck/implycheck/preflight/facts"
)

// found are credentials, and where they were.
type found struct {
	aws  aws.Credentials
	from string
}

// credentials looks where Druid looks, in its order (AWSCredentialsUtils.java): the
// configuration, its file, the environment, the properties of Java, a web identity,
// the profile of the user, the container, the machine. The environment and the
// files are those of whoever runs this. The properties of Java come with the
// question, for they are in the tree.
func credentials(ctx context.Context, q facts.Store) (found, error) {
	switch {
	case q.AccessKey.Known() && q.Secret.Known():
		return found{aws.Credentials{AccessKeyID: reveal(q.AccessKey), SecretAccessKey: reveal(q.Secret)}, "the configuration"}, nil
	case q.File != "":
		return fromFile(q.File, func(text string) map[string]string { return ini(text, "") }, "sessionToken", "accessKey", "secretKey")
	}
	key, secret := firstEnv("AWS_ACCESS_KEY_ID", "AWS_ACCESS_KEY"), firstEnv("AWS_SECRET_ACCESS_KEY", "AWS_SECRET_KEY")
	if key != "" && secret != "" {
		return found{aws.Credentials{AccessKeyID: key, SecretAccessKey: secret, SessionToken: os.Getenv("AWS_SESSION_TOKEN")}, "the environment"}, nil
	}
	if q.JavaKey.Known() && q.JavaSecret.Known() {
		return found{aws.Credentials{AccessKeyID: reveal(q.JavaKey), SecretAccessKey: reveal(q.JavaSecret)}, "the properties of Java"}, nil
	}
	var refused error
	if q.WebIdentity && os.Getenv("AWS_WEB_IDENTITY_TOKEN_FILE") != "" {
		c, err := webIdentity(ctx)
		if err == nil {
			return c, nil
		}
		refused = err // and Druid looks further
	}
	if path := profileFile(); path != "" {
		profile := firstEnv("AWS_PROFILE")
		if profile == "" {
			profile = "default"
		}
		c, err := fromFile(path, func(text string) map[string]string { return ini(text, profile) }, "aws_session_token", "aws_access_key_id", "aws_secret_access_key")
		if err == nil {
			return c, nil
		}
	}
	c, err := ofMachine(ctx)
	if err != nil && refused != nil {
		err = refused
	}
	return c, err
}

// reveal is the text of a secret.
func reveal(s facts.Secret) string {
	if value, set := os.LookupEnv(s.Variable); set && s.Variable != "" {
		return value
	}
	return s.Text
}

func firstEnv(names ...string) string {
	for _, name := range names {
		if value := os.Getenv(name); value != "" {
			return value
		}
	}
	return ""
}

// profileFile is the user's file of profiles, if there is one.
func profileFile() string {
	path := os.Getenv("AWS_SHARED_CREDENTIALS_FILE")
	if home, err := os.UserHomeDir(); path == "" && err == nil {
		path = filepath.Join(home, ".aws", "credentials")
	}
	if _, err := os.Stat(path); err != nil {
		return ""
	}
	return path
}

// fromFile reads key, secret and token from a file.
func fromFile(path string, read func(string) map[string]string, token, key, secret string) (found, error) {
	text, err := smallFile(path)
	if err != nil {
		return found{}, err
	}
	values := read(string(text))
	if values[key] == "" || values[secret] == "" {
		return found{}, rejected{fmt.Sprintf("%s has no %s and %s", path, key, secret)}
	}
	return found{aws.Credentials{AccessKeyID: values[key], SecretAccessKey: values[secret], SessionToken: values[token]}, path}, nil
}

// ini reads name=value of a section; without a section, of all the file.
func ini(text, section string) map[string]string {
	values, inside := map[string]string{}, section == ""
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "[") && section != "" {
			inside = strings.TrimSpace(strings.Trim(line, "[]")) == section
			continue
		}
		if name, value, ok := strings.Cut(line, "="); ok && inside {
			values[strings.TrimSpace(name)] = strings.TrimSpace(value)
		}
	}
	return values
}

// ofMachine asks the container or the machine of Amazon that this runs on.
func ofMachine(ctx context.Context) (found, error) {
	container := os.Getenv("AWS_CONTAINER_CREDENTIALS_FULL_URI")
	if relative := os.Getenv("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"); relative != "" {
		container = "http://169.254.170.2" + relative
	}
	if container != "" {
		return fromURL(ctx, container, "Authorization", os.Getenv("AWS_CONTAINER_AUTHORIZATION_TOKEN"), "the container")
	}
	none := errUnsupported{"neither the configuration, the environment nor a file of this user has credentials, and no role of the machine answers: run it on a server of Druid, as the user that runs Druid, where the role or the file is"}
	if os.Getenv("AWS_EC2_METADATA_DISABLED") == "true" {
		return found{}, none
	}
	const metadata = "http://169.254.169.254/latest/"
	token, err := get(ctx, http.MethodPut, metadata+"api/token", "X-Aws-Ec2-Metadata-Token-Ttl-Seconds", "60")
	if err != nil {
		return found{}, none
	}
	const header = "X-Aws-Ec2-Metadata-Token"
	role, err := get(ctx, http.MethodGet, metadata+"meta-data/iam/security-credentials/", header, token)
	if err != nil {
		return found{}, none
	}
	return fromURL(ctx, metadata+"meta-data/iam/security-credentials/"+strings.TrimSpace(role), header, token, "the machine's role "+role)
}

func fromURL(ctx context.Context, url, header, value, from string) (found, error) {
	text, err := get(ctx, http.MethodGet, url, header, value)
	if err != nil {
		return found{}, err
	}
	var c struct{ AccessKeyID, SecretAccessKey, Token string }
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		return found{}, rejected{"what " + url + " answers is no credentials"}
	}
	return found{aws.Credentials{AccessKeyID: c.AccessKeyID, SecretAccessKey: c.SecretAccessKey, SessionToken: c.Token}, from}, nil
}

func get(ctx context.Context, method, url, header, value string) (string, error) {
	request, err := http.NewRequestWithContext(ctx, method, url, nil)
	if err != nil {
		return "", err
	}
	if value != "" {
		request.Header.Set(header, value)
	}
	response, err := client().Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = rejected{url + " answers " + response.Status}
	}
	return string(text), err
}
