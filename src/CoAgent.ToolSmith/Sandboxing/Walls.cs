using System.Collections.Immutable;
using System.Globalization;

namespace CoAgent.ToolSmith.Sandboxing;

/// <summary>The program that puts walls around another one: namespaces, made by what every Linux has (util-linux), without privileges.</summary>
/// <remarks>
/// <para>
/// The program sees a root of its own: every folder of the machine for reading only, at its own path; the trial folder; empty <c>/tmp</c>,
/// <c>/run</c> and <c>/dev/shm</c>; a handful of devices; the home directory under a layer. No <c>/sys</c>; <c>/proc</c> of its own processes,
/// for reading only, so that no further user namespace can be given a map. Sockets that listen anywhere are covered. It has no capability
/// and cannot gain any.
/// </para>
/// <para>
/// The script fails closed: where one of its steps is refused, or a mount is still open when all are to be shut, the program is not run.
/// The script stays the first process of its namespace, so that all that the program leaves behind ends with it.
/// </para>
/// </remarks>
internal static class Walls
{
    private const string Script = """
        set -eu
        base=$1 scratch=$2 processes=$3 memory=$4 file=$5 files=$6 pids=$7 home=$8 area=$9 start=${10}
        shift 10
        owned=() shown=() masked=()
        while [[ $1 != -- ]]; do
          case $1 in
            own) owned+=("$2") ;;
            show) shown+=("$2") ;;
            mask) masked+=("$2") ;;
          esac
          shift 2
        done
        shift
        exec 9> "$area/ready"
        mount -t tmpfs -o "mode=755,size=$scratch" walls "$base"
        mkdir "$base/old" "$base/proc" "$base/dev" "$base/dev/shm" "$base/run" "$base/tmp"
        for at in /*; do
          case $at in /proc|/sys|/dev|/run|/tmp|/lost+found) continue ;; esac
          if [[ -L $at ]]; then
            ln -s "$(readlink "$at")" "$base$at"
          elif [[ -d $at ]]; then
            mkdir "$base$at"
            mount --rbind "$at" "$base$at"
          fi
        done
        for at in null zero full random urandom tty; do
          : > "$base/dev/$at"
          mount --bind "/dev/$at" "$base/dev/$at"
        done
        mapfile -t lines < /proc/self/mountinfo
        for line in "${lines[@]}"; do
          read -r _ _ _ _ at _ <<< "$line"
          printf -v at '%b' "$at"
          if [[ $at == "$base"/* ]]; then mount -o remount,bind,ro "$at"; fi
        done
        mapfile -t lines < /proc/self/mountinfo
        for line in "${lines[@]}"; do
          read -r _ _ _ _ at how _ <<< "$line"
          printf -v at '%b' "$at"
          if [[ $at == "$base"/* && $how != ro && $how != ro,* ]]; then echo "$at stays open" >&2; exit 1; fi
        done
        ln -s /proc/self/fd "$base/dev/fd"
        for at in stdin:0 stdout:1 stderr:2; do ln -s "fd/${at#*:}" "$base/dev/${at%:*}"; done
        for at in /tmp /var/tmp /run /dev/shm; do
          if [[ -d $base$at ]]; then mount -t tmpfs -o "mode=1777,size=$scratch" walls "$base$at"; fi
        done
        if [[ -n $home ]]; then
          mkdir -p "$base$home"
          cd -- "$home"
          options=userxattr,xino=off,lowerdir=.,upperdir=$area/upper,workdir=$area/work
          mount -t overlay walls -o "$options" "$base$home" 2> "$area/refused" || :
          cd /
        fi
        for at in "${shown[@]}"; do mkdir -p "$base$at"; mount --bind "$at" "$base$at"; mount -o remount,bind,ro "$base$at"; done
        for at in "${owned[@]}"; do mkdir -p "$base$at"; mount --bind "$at" "$base$at"; done
        for at in "${masked[@]}"; do
          if [[ -S $base$at ]]; then mount --bind /dev/null "$base$at"; fi
        done
        mount -t proc proc "$base/proc"
        if [[ $pids != 0 ]]; then echo "$pids" > "$base/proc/sys/kernel/pid_max"; fi
        mount -o remount,bind,ro "$base/proc"
        cd "$base"
        pivot_root . old
        cd /
        umount -l /old
        rmdir /old
        mount -o remount,bind,ro /
        cd -- "$start"
        set +e
        ulimit -c 0
        ulimit -u "$processes" 2> /dev/null
        ulimit -d "$memory" 2> /dev/null
        ulimit -f "$file" 2> /dev/null
        ulimit -n "$files" 2> /dev/null
        unset OLDPWD
        echo >&9
        exec 9>&-
        setpriv --no-new-privs --bounding-set=-all --inh-caps=-all --ambient-caps=-all -- "$@"
        exit $?
        """;

    private static readonly ImmutableArray<string> s_unshare =
    [
        "unshare", "--user", "--map-current-user", "--keep-caps", "--mount", "--propagation", "private", "--net", "--pid", "--ipc", "--uts",
        "--fork", "--kill-child",
    ];

    // From this version on a namespace has a highest process number of its own; before, it is the machine's and not ours to change.
    private static readonly Version s_ownProcessNumbers = new(6, 14);

    /// <summary>The programs that walls are made of, each with the Debian package that it comes in.</summary>
    internal static ImmutableArray<(string Program, string Package)> Parts { get; } =
    [
        ("bash", "bash"), ("unshare", "util-linux"), ("setpriv", "util-linux"), ("pivot_root", "util-linux"),
        ("mount", "mount"), ("umount", "mount"),
    ];

    /// <summary>The arguments that run a command behind walls. Its variables are its own: the script that puts up the walls has none of them.</summary>
    /// <param name="command">The command.</param>
    /// <param name="area">The folders that are made for it.</param>
    /// <param name="limits">How much it may use.</param>
    /// <param name="tracesReads">Whether what it looks at is written into <see cref="SandboxArea.Trace"/>.</param>
    internal static IEnumerable<string> Around(SandboxCommand command, SandboxArea area, SandboxLimits limits, bool tracesReads) =>
    [
        .. tracesReads ? [.. Tracing.Into(area.Trace), .. s_unshare] : s_unshare,
        "bash", "--norc", "--noprofile", "-c", Script, "walls",
        area.Base,
        Text(limits.ScratchBytesMax), Text(limits.ProcessesMax), Text(limits.MemoryBytesMax >> 10), Text(limits.FileBytesMax >> 10),
        Text(limits.OpenFilesMax), Environment.OSVersion.Version >= s_ownProcessNumbers ? Text(limits.ProcessesMax) : "0",
        area.Home ?? "", area.HomeLayer, command.WorkingDirectory ?? area.Root,
        .. command.Shown.SelectMany(static folder => new[] { "show", folder }),
        .. command.Owned.Prepend(area.Root).SelectMany(static folder => new[] { "own", folder }),
        .. ListeningSockets.Paths([.. command.Shown, .. command.Owned, area.Root]).SelectMany(static path => new[] { "mask", path }),
        "--", .. command.Environment.IsEmpty ? [] : (string[])["env", .. command.Environment.Select(static one => $"{one.Key}={one.Value}")],
        .. command.Arguments,
    ];

    /// <summary>How the trace shows that the walls stand: what comes before it is what putting them up looked at.</summary>
    internal const string StandingMark = "[\"setpriv\", \"--no-new-privs\"";

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
