package postgres

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// ClusterConfig says how a private cluster is run.
type ClusterConfig struct {
	Dir    string // data folder; made when it isn't there
	Server Server // from FindServer
	// Unsafe turns fsync and synchronous commits off: for tests only.
	Unsafe bool
	// MaxConnections is the server's limit; 0 means 100.
	MaxConnections int
	// Log receives the server's log; nil keeps it in Dir/postgres.log.
	Log io.Writer
}

// Cluster is a running private PostgreSQL, or one that another process runs.
type Cluster struct {
	socket   string
	attached bool
	lock     *os.File
	process  *os.Process
	exited   chan struct{}
}

const (
	superuser      = "postgres"
	startDeadline  = 60 * time.Second // crash recovery after a kill may take a while
	stopDeadline   = 20 * time.Second
	probeInterval  = 50 * time.Millisecond
	defaultClients = 100
)

// StartCluster starts the private PostgreSQL of a data folder. Where another
// process already runs it, that one is attached to; where the process that ran
// it was killed, the old server is waited for first.
func StartCluster(ctx context.Context, config ClusterConfig) (*Cluster, error) {
	dir, err := filepath.Abs(config.Dir)
	if err != nil {
		return nil, fmt.Errorf("data folder %q: %w", config.Dir, err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the database folder: %w", err)
	}
	c := &Cluster{socket: socketDir(dir), exited: make(chan struct{})}
	lock, err := os.OpenFile(filepath.Join(dir, "owner.lock"), os.O_CREATE|os.O_RDWR, 0o600) //nolint:gosec // a fixed name in the configured folder
	if err != nil {
		return nil, fmt.Errorf("open the lock of the database folder: %w", err)
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		defer lock.Close() //nolint:errcheck // nothing was written
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("lock the database folder: %w", err)
		}
		c.attached = true
		if err := c.waitReady(ctx, nil); err != nil {
			return nil, fmt.Errorf("another pingdui runs the database in %s and it does not answer: %w", dir, err)
		}
		return c, nil
	}
	c.lock = lock
	if err := c.start(ctx, config, dir); err != nil {
		_ = lock.Close()
		return nil, err
	}
	return c, nil
}

func (c *Cluster) start(ctx context.Context, config ClusterConfig, dir string) error {
	data := filepath.Join(dir, "pgdata")
	if err := waitForOldServer(ctx, data); err != nil {
		return err
	}
	if err := os.MkdirAll(c.socket, 0o700); err != nil {
		return fmt.Errorf("make the socket folder: %w", err)
	}
	id, err := identity(dir, c.socket)
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(data, "PG_VERSION")); errors.Is(err, os.ErrNotExist) {
		if err := initdb(ctx, config, id, data); err != nil {
			return err
		}
	}
	out := config.Log
	if out == nil {
		file, err := os.OpenFile(filepath.Join(dir, "postgres.log"), os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600) //nolint:gosec // a fixed name in the configured folder
		if err != nil {
			return fmt.Errorf("open the database's log: %w", err)
		}
		out = file
	}
	clients := config.MaxConnections
	if clients == 0 {
		clients = defaultClients
	}
	args := []string{
		"-D", data, "-k", c.socket, "-h", "",
		"-c", "max_connections=" + strconv.Itoa(clients),
		"-c", "shared_buffers=128MB", "-c", "timezone=UTC", "-c", "log_timezone=UTC",
		// pgvector 0.8.0 is under CVE-2026-3172 for parallel index builds.
		"-c", "max_parallel_maintenance_workers=0",
		"-c", "unix_socket_permissions=0700", "-c", "log_min_messages=warning",
	}
	if config.Unsafe {
		args = append(args, "-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off", "-c", "autovacuum=off")
	}
	started := make(chan error, 1)
	go c.supervise(config.Server, id, args, out, started)
	if err := <-started; err != nil {
		return fmt.Errorf("start postgres: %w", err)
	}
	if err := c.waitReady(ctx, c.exited); err != nil {
		_ = c.Stop()
		return fmt.Errorf("the private database did not come up (its log is %s): %w", filepath.Join(dir, "postgres.log"), err)
	}
	return nil
}

// supervise runs the server as a child of one locked thread: the parent-death
// signal belongs to the thread that forked, so that thread must live as long as
// the process. A SIGKILL of this program then shuts the server down cleanly.
func (c *Cluster) supervise(server Server, id credentials, args []string, out io.Writer, started chan<- error) {
	runtime.LockOSThread()
	defer close(c.exited)
	cmd := exec.Command(filepath.Join(server.Bin, "postgres"), args...) //nolint:gosec,noctx // the configured server; it ends by signal, not by context
	cmd.Stdout, cmd.Stderr = out, out
	cmd.Env = environment(server)
	cmd.SysProcAttr = id.attributes()
	cmd.SysProcAttr.Pdeathsig = syscall.SIGINT
	cmd.SysProcAttr.Setpgid = true // a Ctrl-C in the terminal is ours to handle, in order
	if err := cmd.Start(); err != nil {
		started <- err
		return
	}
	c.process = cmd.Process
	started <- nil
	_ = cmd.Wait()
	if closer, ok := out.(io.Closer); ok {
		_ = closer.Close()
	}
}

func initdb(ctx context.Context, config ClusterConfig, id credentials, data string) error {
	args := []string{"-D", data, "-U", superuser, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"}
	if config.Unsafe {
		args = append(args, "--no-sync")
	}
	cmd := exec.CommandContext(ctx, filepath.Join(config.Server.Bin, "initdb"), args...) //nolint:gosec // the configured server
	cmd.Env = environment(config.Server)
	cmd.SysProcAttr = id.attributes()
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("initdb in %s: %w: %s", data, err, strings.TrimSpace(out.String()))
	}
	return nil
}

// Attached says whether another process runs the cluster.
func (c *Cluster) Attached() bool { return c.attached }

// URL is the connection string for a role and a database of the cluster.
func (c *Cluster) URL(role, database string) string {
	query := url.Values{"host": {c.socket}, "user": {role}, "sslmode": {"disable"}}
	return "postgres:///" + database + "?" + query.Encode()
}

// PID is the postmaster's process id; 0 when attached.
func (c *Cluster) PID() int {
	if c.process == nil {
		return 0
	}
	return c.process.Pid
}

// Exited is closed when the server has ended; never for an attached cluster.
func (c *Cluster) Exited() <-chan struct{} { return c.exited }

// Stop shuts the server down (fast mode) and waits for it. Attached clusters
// are left alone.
func (c *Cluster) Stop() error {
	if c.attached {
		return nil
	}
	defer c.lock.Close() //nolint:errcheck // the lock goes with the file
	if c.process == nil {
		return nil
	}
	_ = c.process.Signal(syscall.SIGINT)
	select {
	case <-c.exited:
		return nil
	case <-time.After(stopDeadline):
		_ = c.process.Signal(syscall.SIGQUIT)
		<-c.exited
		return errors.New("the private database did not stop in time and was stopped hard; it recovers at the next start")
	}
}

func (c *Cluster) waitReady(ctx context.Context, exited <-chan struct{}) error {
	ctx, cancel := context.WithTimeout(ctx, startDeadline)
	defer cancel()
	ticker := time.NewTicker(probeInterval)
	defer ticker.Stop()
	var last error
	for {
		conn, err := pgx.Connect(ctx, c.URL(superuser, "postgres"))
		if err == nil {
			return conn.Close(ctx)
		}
		last = err
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w (last: %w)", context.Cause(ctx), last)
		case <-exited:
			return fmt.Errorf("postgres ended at once (last: %w)", last)
		case <-ticker.C:
		}
	}
}

// waitForOldServer waits until the postmaster of a killed owner has gone.
func waitForOldServer(ctx context.Context, data string) error {
	raw, err := os.ReadFile(filepath.Join(data, "postmaster.pid")) //nolint:gosec // a fixed name in the configured folder
	if err != nil {
		return nil // no file: no old server
	}
	first, _, _ := strings.Cut(string(raw), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(first))
	if err != nil || pid <= 1 {
		return nil // postgres itself judges a broken file
	}
	ctx, cancel := context.WithTimeout(ctx, startDeadline)
	defer cancel()
	ticker := time.NewTicker(probeInterval)
	defer ticker.Stop()
	for {
		if errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
			return nil
		}
		if _, err := os.Stat(filepath.Join(data, "postmaster.pid")); errors.Is(err, os.ErrNotExist) {
			return nil
		}
		if name, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/comm"); err == nil && strings.TrimSpace(string(name)) != "postgres" {
			return nil // the number was given to another program meanwhile
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the database server of an earlier run (process %d) does not end: stop it, then start again", pid)
		case <-ticker.C:
		}
	}
}

// credentials says as whom the server runs: postgres refuses root.
type credentials struct {
	namespace bool // map nobody to root in a user namespace: no chown needed
	uid, gid  uint32
	own       bool
}

func (c credentials) attributes() *syscall.SysProcAttr {
	const nobody = 65534
	switch {
	case c.own:
		return &syscall.SysProcAttr{}
	case c.namespace:
		return &syscall.SysProcAttr{
			Cloneflags:  syscall.CLONE_NEWUSER,
			UidMappings: []syscall.SysProcIDMap{{ContainerID: nobody, HostID: os.Getuid(), Size: 1}},
			GidMappings: []syscall.SysProcIDMap{{ContainerID: nobody, HostID: os.Getgid(), Size: 1}},
			Credential:  &syscall.Credential{Uid: nobody, Gid: nobody, NoSetGroups: true},
		}
	default:
		return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: c.uid, Gid: c.gid, NoSetGroups: true}}
	}
}

// identity picks as whom to run: ourselves; as root, ourselves seen as nobody
// from a user namespace; where namespaces are switched off, another user.
func identity(folders ...string) (credentials, error) {
	if os.Getuid() != 0 {
		return credentials{own: true}, nil
	}
	id := credentials{namespace: true}
	probe := exec.Command("/bin/true") //nolint:noctx // ends at once
	probe.SysProcAttr = id.attributes()
	if probe.Run() == nil {
		return id, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, _ := strconv.ParseUint(u.Uid, 10, 32)
		gid, _ := strconv.ParseUint(u.Gid, 10, 32)
		for _, folder := range folders {
			if err := chownTree(folder, int(uid), int(gid)); err != nil {
				return credentials{}, fmt.Errorf("give %s to %s: %w", folder, name, err)
			}
		}
		return credentials{uid: uint32(uid), gid: uint32(gid)}, nil
	}
	return credentials{}, errors.New("postgres does not run as root, user namespaces are off, and there is no user postgres or nobody: start pingdui as an ordinary user")
}

func chownTree(root string, uid, gid int) error {
	return filepath.WalkDir(root, func(path string, _ os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(path, uid, gid)
	})
}

func environment(server Server) []string {
	env := []string{"LC_ALL=C.UTF-8", "TZ=UTC", "PATH=" + server.Bin}
	if len(server.Libs) > 0 {
		env = append(env, "LD_LIBRARY_PATH="+strings.Join(server.Libs, ":"))
	}
	return env
}

// socketDir is short (a socket's path must stay under 108 bytes), the same for
// every process on the same data folder, and this user's own.
func socketDir(dir string) string {
	sum := sha256.Sum256([]byte(dir))
	return filepath.Join(os.TempDir(), fmt.Sprintf("pingdui-%d-%s", os.Getuid(), hex.EncodeToString(sum[:6])))
}
