using System.Collections.Immutable;
using System.Text.Json;
using CoAgent.Protocol.Objects;
using CoAgent.Protocol.Trajectories;
using CoAgent.Trials.Commands;

namespace CoAgent.EndToEnd.Tests.Commands;

/// <summary>The corpus of command lines against plain bash, and what the measure itself is worth.</summary>
public sealed class CorpusTests
{
    private const int LinesMin = 300;
    private static readonly IReadOnlyDictionary<string, string> s_environment = new Dictionary<string, string>
    {
        ["PATH"] = "/usr/local/bin:/usr/bin:/bin", ["LC_ALL"] = "C.UTF-8",
    };

    [Fact]
    public void The_corpus_is_large_and_of_every_kind()
    {
        Assert.True(CommandCorpus.All.Count(static line => !line.IsDangerous) >= LinesMin);
        Assert.True(CommandCorpus.All.Select(static line => line.Category).Distinct().Count() >= 12);
        Assert.Equal(CommandCorpus.All.Length, CommandCorpus.All.Select(static line => (line.Tree, line.Text)).Distinct().Count());
    }

    /// <summary>Every sixth line of each kind: what is declared is enough, answers and trees are those of plain bash, undo is exact, redo the same.</summary>
    [Fact]
    public async Task Lines_are_declared_made_taken_back_and_made_again_as_plain_bash_has_it()
    {
        var lines = await TrialOutcomes.OfAsync("commands", "--every", "6");

        Assert.Empty(TrialOutcomes.Faults(lines));
        var harmless = lines.Where(static line => Category(line) is not ("dangerous" or "network")).ToList();
        Assert.InRange(harmless.Count(static line => $"{line.GetProperty("taking")}" == "Opaque"), 0, (int)(harmless.Count * CommandTable.OpaqueShareMax));
        Assert.Contains(harmless, static line => line.GetProperty("undone").GetBoolean());
    }

    [Theory]
    [InlineData("echo x > made")]
    [InlineData("echo x >> there")]
    [InlineData("rm there")]
    [InlineData("chmod 600 there")]
    [InlineData("mkdir -p a/b")]
    [InlineData("rmdir empty")]
    [InlineData("ln -s there link")]
    [InlineData("ln there hard")]
    [InlineData("ln -sfn other to")]
    [InlineData("mkfifo pipe")]
    [InlineData("mv there elsewhere")]
    [InlineData("touch $'line\\nbreak'")]
    public async Task A_picture_shows_every_kind_of_change(string line)
    {
        using var folder = new TemporaryFolder();
        await RunAsync(folder, "mkdir empty; echo there > there; ln -s there to");
        var before = await TreePicture.OfAsync(folder.Path, s_environment);

        await RunAsync(folder, line);

        var after = await TreePicture.OfAsync(folder.Path, s_environment);
        Assert.NotNull(after.DifferenceFrom(before));
        Assert.Null(after.DifferenceFrom(after));
    }

    [Fact]
    public async Task What_is_written_and_not_declared_is_found()
    {
        using var folder = new TemporaryFolder();
        await RunAsync(folder, "mkdir d; echo a > a");
        var before = await TreePicture.OfAsync(folder.Path, s_environment);
        await RunAsync(folder, "echo b > a; echo c > d/c");
        var changes = before.ChangesTo(await TreePicture.OfAsync(folder.Path, s_environment));
        var (a, c, listing) = ($"file:{folder.Path}/a", $"file:{folder.Path}/d/c", $"file:{folder.Path}/d/*");

        Assert.Empty(Missed(a, c, listing));
        Assert.Single(Missed(c, listing));
        Assert.Single(Missed(a, c));
        Assert.Equal(2, Missed(listing).Count());
        Assert.Equal(1, new DeclaredCover(Writing(a, c, listing, $"file:{folder.Path}/idle"), folder.Path).IdleCount(changes));

        IEnumerable<string> Missed(params string[] writes) => new DeclaredCover(Writing(writes), folder.Path).Missed(changes);
    }

    private static CallDeclaration Writing(params string[] writes) => new(Footprint.Create([], writes.Select(ObjectPattern.Parse)));

    private static string Category(JsonElement line) => $"{line.GetProperty("category")}";

    private static Task<ProgramOutput> RunAsync(TemporaryFolder folder, string line) =>
        ProgramOutput.OfAsync("bash", ["-c", line], folder.Path, s_environment, Bound.Patience);

    /// <summary>An empty folder for one test.</summary>
    private sealed class TemporaryFolder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("coagent-picture-").FullName;

        public void Dispose() => ForcedRemoval.Remove(Path);
    }
}
