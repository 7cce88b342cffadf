using System.Collections.Immutable;
using System.Threading.Channels;
using CoAgent.Proxy.Configuration;
using CoAgent.Tests.Support;

namespace CoAgent.Tests.Configuration;

public sealed class ConfigurationFileTests : IDisposable
{
    private static readonly Dictionary<string, string> NoVariables = [];
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);
    private static readonly DateTime Stamp = new(2030, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("coagent-configuration-");
    private readonly List<string> _told = [];
    private int _writeCount;

    private string FilePath => Path.Combine(_folder.FullName, "mcp.json");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_file_is_read_from_its_path()
    {
        Write(Command("a"));

        var configuration = Assert.IsType<LoadResult.Loaded>(McpJson.Load(FilePath, NoVariables)).Configuration;

        Assert.Equal((FilePath, _folder.FullName), (configuration.File, configuration.Directory));
    }

    [Theory]
    [InlineData("absent.json", "is not there; copy mcp.json.example")]
    [InlineData("no/folder/mcp.json", "is not there; copy mcp.json.example")]
    [InlineData(".", "cannot be read")]
    public void A_file_that_cannot_be_read_is_a_fault(string name, string message)
    {
        var path = Path.GetFullPath(name, _folder.FullName);

        var fault = Assert.Single(Assert.IsType<LoadResult.Faulty>(McpJson.Load(path, NoVariables)).Faults);

        Assert.Equal(path, fault.File);
        Assert.Contains(message, fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(McpJson.FileBytesMax, true)]
    [InlineData(McpJson.FileBytesMax + 1, false)]
    public void A_file_has_at_most_a_mebibyte(int bytesCount, bool isTaken)
    {
        Write("{}".PadRight(bytesCount));

        var result = McpJson.Load(FilePath, NoVariables);

        Assert.Equal(isTaken, result is LoadResult.Loaded);
        Assert.True(isTaken || ((LoadResult.Faulty)result).Faults[0].Message.Contains("1048576 bytes", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_changed_file_is_swapped_in_whole()
    {
        await using var file = Open(Command("a"));
        Write(Command("b"));

        file.Poll();

        Assert.Equal("b", CommandOf(file.Current));
        Assert.Equal(["a -> b"], _told);
    }

    [Fact]
    public async Task A_file_that_says_the_same_in_other_words_changes_nothing()
    {
        await using var file = Open(Command("a"));
        Write("// a comment\n" + Command("a"));

        file.Poll();

        Assert.Empty(_told);
    }

    [Fact]
    public async Task A_bad_file_keeps_the_last_good_one_and_is_reported_once_it_stands()
    {
        await using var file = Open(Command("a"));
        Write("""{"coagent": {"gate": 1}}""");

        file.Poll();
        Assert.Empty(_told);
        file.Poll();
        file.Poll();

        Assert.Equal("a", CommandOf(file.Current));
        Assert.Equal("coagent.gate", Assert.Single(file.LastFaults).Key);
        Assert.Equal(["faults: coagent.gate"], _told);
    }

    [Fact]
    public async Task A_file_that_is_gone_before_the_first_look_is_told()
    {
        await using var file = Open(Command("a"));
        File.Delete(FilePath);

        file.Poll();
        file.Poll();

        Assert.Contains("is not there", Assert.Single(file.LastFaults).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_seen_half_written_is_no_fault()
    {
        await using var file = Open(Command("a"));
        Write(Command("b")[..10]);
        file.Poll();
        Write(Command("b"));
        file.Poll();

        Assert.Empty(file.LastFaults);
        Assert.Equal(["a -> b"], _told);
    }

    [Fact]
    public async Task A_mended_file_clears_the_faults()
    {
        await using var file = Open(Command("a"));
        Write("{");
        file.Poll();
        file.Poll();
        Assert.NotEmpty(file.LastFaults);
        Write(Command("a"));

        file.Poll();

        Assert.Empty(file.LastFaults);
        Assert.Equal(["faults: "], _told);
    }

    [Fact]
    public async Task A_file_replaced_by_renaming_is_seen()
    {
        await using var file = Open(Command("a"));
        var other = FilePath + ".new";
        await File.WriteAllTextAsync(other, Command("b"));
        File.SetLastWriteTimeUtc(other, Stamp);
        File.Move(other, FilePath, overwrite: true);

        file.Poll();

        Assert.Equal("b", CommandOf(file.Current));
    }

    [Fact]
    public async Task A_file_behind_a_link_is_seen_when_the_link_turns()
    {
        var (one, two) = (Path.Combine(_folder.FullName, "one"), Path.Combine(_folder.FullName, "two"));
        await File.WriteAllTextAsync(one, Command("a"));
        await File.WriteAllTextAsync(two, Command("bb"));
        File.CreateSymbolicLink(FilePath, one);
        await using var file = Watch();
        File.Delete(FilePath);
        File.CreateSymbolicLink(FilePath, two);

        file.Poll();

        Assert.Equal("bb", CommandOf(file.Current));
    }

    [Fact]
    public async Task A_file_that_is_gone_is_a_fault_and_one_that_is_back_is_read()
    {
        await using var file = Open(Command("a"));
        File.Delete(FilePath);
        file.Poll();
        file.Poll();
        Assert.Contains("is not there", Assert.Single(file.LastFaults).Message, StringComparison.Ordinal);
        Write(Command("b"));

        file.Poll();

        Assert.Empty(file.LastFaults);
        Assert.Equal("b", CommandOf(file.Current));
    }

    [Fact]
    public async Task A_second_write_with_the_same_stamp_and_size_is_seen_while_the_file_settles()
    {
        await using var file = Open(Command("a"));
        Write(Command("b"), Stamp);
        file.Poll();
        Write(Command("c"), Stamp);

        file.Poll();

        Assert.Equal(["a -> b", "b -> c"], _told);
    }

    [Fact]
    public async Task The_clock_drives_the_watch()
    {
        var time = new ManualTime();
        var changes = Channel.CreateBounded<string>(8);
        Write(Command("a"));
        await using var file = Watch(time, (_, after) => changes.Writer.TryWrite(CommandOf(after)));
        file.Start();
        Write(Command("b"));

        time.Advance(ConfigurationFile.DefaultPollInterval);

        using var bound = new CancellationTokenSource(Bound);
        Assert.Equal("b", await changes.Reader.ReadAsync(bound.Token));
    }

    [Fact]
    public async Task A_failing_callback_ends_the_watch_loudly()
    {
        var time = new ManualTime();
        Write(Command("a"));
        var file = Watch(time, (_, _) => throw new InvalidOperationException("callback"));
        file.Start();
        Write(Command("b"));

        time.Advance(ConfigurationFile.DefaultPollInterval);

        await Assert.ThrowsAsync<InvalidOperationException>(() => file.Completion.WaitAsync(Bound));
        await Assert.ThrowsAsync<InvalidOperationException>(() => file.DisposeAsync().AsTask());
    }

    private static string Command(string command) => $$"""{"mcpServers": {"s": {"command": "{{command}}"} } }""";

    private static string CommandOf(ProxyConfiguration configuration) =>
        Assert.IsType<ServerDefinition.Stdio>(configuration.Servers[0]).Command;

    private ConfigurationFile Open(string json)
    {
        Write(json);
        return Watch();
    }

    /// <summary>A watch that has seen the file as it is.</summary>
    private ConfigurationFile Watch(TimeProvider? time = null, Action<ProxyConfiguration, ProxyConfiguration>? changed = null)
    {
        var first = Assert.IsType<LoadResult.Loaded>(McpJson.Load(FilePath, NoVariables)).Configuration;
        var file = new ConfigurationFile(first, NoVariables, time ?? new ManualTime())
        {
            Changed = changed ?? ((before, after) => _told.Add($"{CommandOf(before)} -> {CommandOf(after)}")),
            Faulted = faults => _told.Add($"faults: {string.Join(", ", faults.Select(fault => fault.Key))}"),
        };
        file.Poll();
        return file;
    }

    /// <summary>Writes with a stamp of its own each time, whatever the file system's grain.</summary>
    private void Write(string json, DateTime? stamp = null)
    {
        File.WriteAllText(FilePath, json);
        File.SetLastWriteTimeUtc(FilePath, stamp ?? Stamp.AddHours(++_writeCount));
    }
}
