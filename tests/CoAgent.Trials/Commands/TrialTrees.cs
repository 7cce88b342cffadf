using System.Collections.Concurrent;
using System.Diagnostics;
using CoAgent.Trials.Support;

namespace CoAgent.Trials.Commands;

/// <summary>The prepared trees that command lines are run in: each made once by its script, then copied.</summary>
/// <remarks>Disposed of, everything below its folder is gone.</remarks>
internal sealed class TrialTrees : IDisposable
{
    // Older than any run, so that git never takes a file for one that has just changed.
    private const string Seasoned = "find . -not -path './.git/*' -exec touch -h -d '2024-01-01 00:00:00 UTC' {} +";

    private readonly DirectoryInfo _place = Directory.CreateTempSubdirectory("coagent-commands-");
    private readonly ConcurrentDictionary<string, Lazy<Task<string>>> _templates = new(StringComparer.Ordinal);
    private int _desks;

    /// <summary>Where a worker has its tree, and what lies beside it.</summary>
    public TrialDesk NextDesk() =>
        new(this, Directory.CreateDirectory(Path.Combine(_place.FullName, $"desk{Interlocked.Increment(ref _desks)}")).FullName);

    /// <summary>The environment in which trees are made and lines are run: nothing of the user's, and times that stand still for git.</summary>
    public IReadOnlyDictionary<string, string> Environment => field ??= new Dictionary<string, string>
    {
        ["HOME"] = Directory.CreateDirectory(Path.Combine(_place.FullName, "home")).FullName,
        ["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        ["LANG"] = "C.UTF-8",
        ["LC_ALL"] = "C.UTF-8",
        ["TZ"] = "UTC",
        ["USER"] = "agent",
        ["LOGNAME"] = "agent",
        ["GIT_CONFIG_NOSYSTEM"] = "1",
        ["GIT_AUTHOR_NAME"] = "Agent",
        ["GIT_AUTHOR_EMAIL"] = "agent@example.org",
        ["GIT_AUTHOR_DATE"] = "2024-01-02T03:04:05Z",
        ["GIT_COMMITTER_NAME"] = "Agent",
        ["GIT_COMMITTER_EMAIL"] = "agent@example.org",
        ["GIT_COMMITTER_DATE"] = "2024-01-02T03:04:05Z",
        ["npm_config_update_notifier"] = "false",
        ["npm_config_offline"] = "true",
    };

    /// <summary>The folder of a tree's template.</summary>
    /// <exception cref="InvalidOperationException">Its script failed.</exception>
    public Task<string> TemplateAsync(string tree) =>
        _templates.GetOrAdd(tree, name => new Lazy<Task<string>>(() => MakeAsync(name))).Value;

    /// <inheritdoc/>
    public void Dispose() => ForcedRemoval.Remove(_place.FullName);

    private async Task<string> MakeAsync(string tree)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_place.FullName, "templates", tree)).FullName;
        var script = Path.Combine(CommandCorpus.Folder, "Trees", tree + ".sh");
        foreach (var arguments in (string[][])[[script], ["-c", Seasoned]])
        {
            var made = await ProgramOutput.OfAsync("bash", arguments, folder, Environment, TimeSpan.FromSeconds(60));
            if (made.ExitCode != 0)
            {
                throw new InvalidOperationException($"the tree '{tree}' could not be made: {made.ErrorText}");
            }
        }

        return folder;
    }
}

/// <summary>A worker's place: the tree at <c>root</c>, and <c>outside</c> beside it, which nobody coordinates.</summary>
/// <param name="trees">The templates.</param>
/// <param name="place">The full path of the folder.</param>
internal sealed class TrialDesk(TrialTrees trees, string place)
{
    // What git remembers of files is of the copy, as in a tree in which somebody works.
    private const string Script = """
        set -eu
        chmod -R u+rwX . 2> /dev/null || :
        find . -mindepth 1 -maxdepth 1 -exec rm -rf {} +
        mkdir outside
        echo kept > outside/kept
        cp -a "$1" root
        if [ -d root/.git ]; then git -C root update-index -q --refresh || :; fi
        """;

    /// <summary>The tree.</summary>
    public string Root { get; } = Path.Combine(place, "root");

    /// <summary>What is not coordinated.</summary>
    public string Outside { get; } = Path.Combine(place, "outside");

    /// <summary>The folder of both.</summary>
    public string Place => place;

    /// <summary>The environment of lines.</summary>
    public IReadOnlyDictionary<string, string> Environment => trees.Environment;

    /// <summary>Lays out a tree anew.</summary>
    public async Task LayOutAsync(string tree)
    {
        var template = await trees.TemplateAsync(tree);
        var copied = await ProgramOutput.OfAsync(
            "bash", ["-c", Script, "copy", template], place, Environment, TimeSpan.FromSeconds(60));
        if (copied.ExitCode != 0)
        {
            throw new InvalidOperationException($"the tree '{tree}' could not be copied: {copied.ErrorText}");
        }
    }
}

/// <summary>Removes what a command left, whatever its modes and names.</summary>
internal static class ForcedRemoval
{
    public static void Remove(string path)
    {
        using var removal = Process.Start("bash", ["-c", """chmod -R u+rwX -- "$1" 2> /dev/null; rm -rf -- "$1" """, "remove", path]);
        removal.WaitForExit();
    }
}
