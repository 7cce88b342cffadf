using System.Diagnostics;
using System.Text.RegularExpressions;
using CoAgent.Tests.Support;

namespace CoAgent.Tests.Architecture;

/// <summary>What may stand in the files of the repository.</summary>
public sealed partial class RepositoryTests
{
    private const int LinesMax = 400;

    [Fact]
    public void A_long_file_says_at_its_top_why_it_is_long()
    {
        var silent = SourceTree.Files
            .Select(static file => (Name: Path.GetRelativePath(Repository.Root, file), Lines: File.ReadAllLines(file)))
            .Where(static file => file.Lines.Length > LinesMax && !file.Lines.Take(5).Any(static line => line.StartsWith("//", StringComparison.Ordinal)));
        Assert.Empty(silent.Select(static file => $"{file.Name}: {file.Lines.Length} lines"));
    }

    [Fact]
    public void Every_queue_has_a_bound() => Assert.DoesNotContain(
        SourceTree.Files, static file => File.ReadAllText(file).Contains("Channel.CreateUnbounded", StringComparison.Ordinal));

    [Fact]
    public async Task No_tracked_file_names_a_place_on_one_machine_or_a_registry()
    {
        var files = await TrackedAsync();
        Assert.True(files.Length > 100, "The files can be listed.");
        var found = new List<string>();
        foreach (var file in files.Where(static file => IsText(file) && File.Exists(file)))
        {
            var number = 0;
            foreach (var line in await File.ReadAllLinesAsync(file))
            {
                number++;
                if (MachinePlace().IsMatch(line))
                {
                    found.Add($"{Path.GetRelativePath(Repository.Root, file)}:{number}: {line.Trim()}");
                }
            }
        }

        Assert.Empty(found);
    }

    [Fact]
    public async Task Lock_files_say_what_is_locked_and_not_where_it_was_had()
    {
        var locks = (await TrackedAsync()).Where(static file =>
            Path.GetFileName(file) is "packages.lock.json" or "package-lock.json" && File.Exists(file)).ToArray();
        Assert.NotEmpty(locks);
        foreach (var file in locks)
        {
            var text = await File.ReadAllTextAsync(file);
            Assert.False(RegistryAddress().IsMatch(text), $"{Path.GetRelativePath(Repository.Root, file)} names a registry.");
        }
    }

    [Fact]
    public async Task Links_between_documents_lead_somewhere()
    {
        var documents = (await TrackedAsync()).Where(static file => file.EndsWith(".md", StringComparison.Ordinal) && File.Exists(file)).ToArray();
        var links = documents.SelectMany(static file => DocumentLink().Matches(File.ReadAllText(file))
            .Select(match => (From: file, To: match.Groups["to"].Value))).ToArray();
        Assert.True(links.Length > 20, "The links can be found.");
        Assert.Empty(links
            .Where(static link => !Path.Exists(Path.Combine(Path.GetDirectoryName(link.From)!, Uri.UnescapeDataString(link.To))))
            .Select(static link => $"{Path.GetRelativePath(Repository.Root, link.From)} leads to {link.To}"));
    }

    private static bool IsText(string file) =>
        Path.GetExtension(file) is ".cs" or ".md" or ".json" or ".csproj" or ".props" or ".txt" or ".yml" or ".example" or ".mjs" or ".sln" or ".config" or "";

    private static async Task<string[]> TrackedAsync()
    {
        var start = new ProcessStartInfo("git", ["ls-files", "-z"]) { WorkingDirectory = Repository.Root, RedirectStandardOutput = true, UseShellExecute = false };
        using var git = Process.Start(start)!;
        var names = await git.StandardOutput.ReadToEndAsync();
        await git.WaitForExitAsync();
        Assert.Equal(0, git.ExitCode);
        return [.. names.Split('\0', StringSplitOptions.RemoveEmptyEntries).Select(static name => Path.Combine(Repository.Root, name))];
    }

    // Homes other than that of an example, places of work and registries; the brackets keep the pattern from finding itself.
    [GeneratedRegex("""(?<![\w.])(/[h]ome/(?!me/)[a-z]+/|/[r]oot/|/[U]sers/[A-Za-z]+/|/[w]ork/|/[t]mp/w/|[A-Z]:\\[U]sers\\)|\bregistry\.[\w.-]+|\b[a]rtifactory\b|\b[n]exus\b""")]
    private static partial Regex MachinePlace();

    [GeneratedRegex(""" "resolved"\s*:\s*"https?: """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex RegistryAddress();

    [GeneratedRegex(@"\]\((?![a-z]+:|#)(?<to>[^)#\s]+)")]
    private static partial Regex DocumentLink();
}
