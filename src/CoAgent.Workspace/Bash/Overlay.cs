using CoAgent.Workspace.Files;
using CoAgent.Workspace.Paths;

namespace CoAgent.Workspace.Bash;

/// <summary>A layer over the root that takes what one command writes, so that the live tree is not touched.</summary>
/// <remarks>
/// <para>
/// The command runs in a mount namespace of its own, as the same user, with the root at its own path. <c>.coagent</c> is not there. Everything
/// outside the root can be read and not written, but for the call's scratch folder and for devices.
/// </para>
/// <para>
/// A tree that only the layer sees differs from a live one in three things that a command can notice: a directory of the tree cannot be renamed
/// in one step, names of one file part when one of them is written, and times and numbers of what it changed are others. The first is told by
/// an error that commands print; the others change no content.
/// </para>
/// </remarks>
internal sealed class Overlay : IDisposable
{
    // Options hold no comma but their own: the root is where the shell stands, the layer's folder has a name of ours.
    // Inode numbers stay those of the tree (xino=off), or git would read every file again.
    private const string Script = """
        set -e
        cd -- "$1"
        lower=.
        [[ -d "$2/earlier" ]] && lower="$2/earlier:."
        mount -t overlay coagent -o "userxattr,xino=off,lowerdir=$lower,upperdir=$2/upper,workdir=$2/work" "$1"
        mount --bind "$3" "$3"
        : > "$2/ready"
        mapfile -t lines < /proc/self/mountinfo
        for line in "${lines[@]}"; do
          read -r _ _ _ _ at _ <<< "$line"
          case "$line" in *' - proc '*|*' - sysfs '*|*' - cgroup'*|*' - devpts '*|*' - mqueue '*) continue ;; esac
          printf -v at '%b' "$at"
          [[ "$at" == "$1" || "$at" == "$3" ]] || mount -o remount,bind,ro "$at" 2> /dev/null || :
        done
        cd -- "$4"
        unset OLDPWD lines line at lower
        shift 4
        exec "$@" < /dev/null
        """;

    private readonly OverlaySupport _support;
    private readonly string _root;
    private readonly string _area;

    private Overlay(OverlaySupport support, string root, string area)
    {
        _support = support;
        _root = root;
        _area = area;
    }

    /// <summary>The folder of what was written.</summary>
    internal string Upper => _area + "/upper";

    /// <summary>The folder, where there is one, that lies between what was written and the live tree.</summary>
    internal string Earlier => _area + "/earlier";

    /// <summary>Whether the command was begun; else the layer could not be made here.</summary>
    internal bool WasReady => File.Exists(Ready);

    /// <summary>The file that is made right before the command begins.</summary>
    internal string Ready => _area + "/ready";

    /// <summary>Makes the folders; null when the system does not allow what they need.</summary>
    internal static Overlay? TryCreate(OverlaySupport support, string root)
    {
        var area = support.NewArea();
        var overlay = new Overlay(support, root, area);
        Directory.CreateDirectory(overlay.Upper);
        Directory.CreateDirectory(area + "/work");
        FileKinds.KeepMode(root, overlay.Upper);
        if (FileKinds.TryMakeWhiteout(PathWalk.Join(overlay.Upper, ReservedNames.State)))
        {
            return overlay;
        }

        overlay.Dispose();
        return null;
    }

    /// <summary>The arguments that set the layer up and then become what follows them.</summary>
    internal IEnumerable<string> Launch(CommandLine line, string scratch) =>
        [.. _support.Unshare, "bash", "-c", Script, "bash", _root, _area, scratch, line.Directory, .. _support.Drop];

    /// <summary>What is in the layer is gone.</summary>
    public void Dispose() => OverlaySupport.Remove(_area);
}
