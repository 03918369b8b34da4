package host

import (
	"cmp"
	"context"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/shirou/gopsutil/v4/common"
	"github.com/shirou/gopsutil/v4/disk"

	"github.com/donna-project/donnatop/data"
)

// usageTimeout is how long a file system may take to tell its numbers.
const usageTimeout = 2 * time.Second

// pseudo are file systems that store nothing of their own, besides those of no
// size: memory, views of other file systems, images that are always full.
var pseudo = map[string]bool{
	"autofs": true, "devtmpfs": true, "efivarfs": true, "erofs": true, "fuse.fuse-overlayfs": true,
	"fuse.gvfsd-fuse": true, "fuse.lxcfs": true, "fuse.portal": true, "fuse.snapfuse": true, "iso9660": true,
	"nsfs": true, "overlay": true, "ramfs": true, "rootfs": true, "squashfs": true, "tmpfs": true,
}

// mounted lists the mounts of this process's own namespace: in that of process 1,
// where gopsutil looks first, the same paths may lead elsewhere.
func mounted(ctx context.Context) ([]disk.PartitionStat, error) {
	ctx = context.WithValue(ctx, common.EnvKey, common.EnvMap{common.HostProcMountinfo: "/proc/self/mountinfo"})
	return disk.PartitionsWithContext(ctx, true)
}

// mounts is the space on every real file system, by mount point.
func (s *Source) mounts(ctx context.Context) ([]data.MountUsage, error) {
	all, err := s.partitions(ctx)
	if err != nil {
		return nil, err
	}
	path := s.opts.DataPath
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	out := s.usages(ctx, foldMounts(all, path))
	slices.SortFunc(out, func(a, b data.MountUsage) int { return cmp.Compare(a.Mount, b.Mount) })
	return out, nil
}

// foldMounts keeps one mount of each device that stores something: not a bind
// mount of a part of it if there is another, then the one that holds path, then
// the shortest. The mount that holds path stays whatever its type, as that is
// where Donna's data are.
func foldMounts(all []disk.PartitionStat, path string) []disk.PartitionStat {
	visible := make(map[string]disk.PartitionStat, len(all))
	for _, m := range all {
		visible[m.Mountpoint] = m // a later one hides those before
	}
	holds := "" // the mount point below which path is
	for mount := range visible {
		if within(path, mount) && len(mount) > len(holds) {
			holds = mount
		}
	}
	best := make(map[string]disk.PartitionStat)
	for _, m := range visible {
		if pseudo[m.Fstype] && m.Mountpoint != holds {
			continue
		}
		if old, ok := best[m.Device]; !ok || compareMounts(m, old, holds) < 0 {
			best[m.Device] = m
		}
	}
	out := make([]disk.PartitionStat, 0, len(best))
	for _, m := range best {
		out = append(out, m)
	}
	return out
}

// compareMounts is negative if a stands for the device rather than b.
func compareMounts(a, b disk.PartitionStat, holds string) int {
	falseFirst := func(a, b bool) int {
		switch {
		case a == b:
			return 0
		case b:
			return -1
		}
		return 1
	}
	return cmp.Or(
		falseFirst(slices.Contains(a.Opts, "bind"), slices.Contains(b.Opts, "bind")),
		falseFirst(a.Mountpoint != holds, b.Mountpoint != holds),
		cmp.Compare(len(a.Mountpoint), len(b.Mountpoint)),
		cmp.Compare(a.Mountpoint, b.Mountpoint),
	)
}

// within tells whether path is dir or below it.
func within(path, dir string) bool {
	return path == dir || strings.HasPrefix(path, strings.TrimSuffix(dir, "/")+"/")
}

// usages asks all file systems at the same time. One that doesn't answer is left
// out, and not asked again before it has.
func (s *Source) usages(ctx context.Context, mounts []disk.PartitionStat) []data.MountUsage {
	answers := make(chan *data.MountUsage, len(mounts))
	asked := 0
	timeout := s.opts.Clock.NewTimer(usageTimeout)
	defer timeout.Stop()
	for _, m := range mounts {
		if !s.ask(m.Mountpoint) {
			continue
		}
		asked++
		go func() {
			defer s.answered(m.Mountpoint) // only then: whoever hears that nobody is hanging finds all answers
			u, err := s.usage(ctx, m.Mountpoint)
			if err != nil || u.Total == 0 {
				answers <- nil // gone, not ours to see, or nothing to be stored on
				return
			}
			answers <- &data.MountUsage{
				Mount: m.Mountpoint, Device: m.Device, FSType: m.Fstype,
				TotalBytes: int64(u.Total), UsedBytes: int64(u.Used), AvailBytes: int64(u.Free),
			}
		}()
	}
	return gather(ctx, answers, asked, timeout.Chan())
}

// gather takes the answers that come in time.
func gather(ctx context.Context, answers <-chan *data.MountUsage, asked int, timeout <-chan time.Time) []data.MountUsage {
	var out []data.MountUsage
	for late := false; asked > 0; asked-- {
		var u *data.MountUsage
		select {
		case u = <-answers:
		default:
			if late {
				return out
			}
			select {
			case u = <-answers:
			case <-timeout:
				late = true
				asked++ // nobody has answered this time; take what is there, and no more
			case <-ctx.Done():
				return out
			}
		}
		if u != nil {
			out = append(out, *u)
		}
	}
	return out
}

// ask notes that a mount is asked; false if it hasn't answered the last time.
func (s *Source) ask(mount string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.hung[mount] {
		return false
	}
	s.hung[mount] = true
	return true
}

func (s *Source) answered(mount string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.hung, mount)
}

// hanging are the mounts that were asked and have not answered.
func (s *Source) hanging() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []string
	for mount := range s.hung {
		out = append(out, mount)
	}
	slices.Sort(out)
	return out
}
