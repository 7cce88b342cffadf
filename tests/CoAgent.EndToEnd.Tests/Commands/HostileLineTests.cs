using CoAgent.Trials.Commands.Hostile;

namespace CoAgent.EndToEnd.Tests.Commands;

/// <summary>Lines that are written to do harm, and lines that nobody has written, through all of the live path.</summary>
/// <remarks>None may reach what is outside, run twice, show what belongs to coordination, or leave anything when it is taken back.</remarks>
public sealed class HostileLineTests
{
    private const int FuzzedCount = 40;

    [Fact]
    public async Task No_line_gets_out()
    {
        var lines = await TrialOutcomes.OfAsync("hostile");

        Assert.Equal(HostileLines.Escapes.Length, lines.Length);
        Assert.Empty(TrialOutcomes.Faults(lines));
    }

    [Theory]
    [InlineData("fork bomb")]
    [InlineData("endless output")]
    [InlineData("a file without an end")]
    [InlineData("a sparse file of a size that nobody has")]
    [InlineData("deep directories")]
    [InlineData("terminal escapes")]
    [InlineData("bytes that are no text")]
    [InlineData("killed by a signal")]
    [InlineData("a line of a megabyte")]
    [InlineData("a NUL in a line")]
    public async Task No_line_takes_more_than_there_is(string aim)
    {
        var number = HostileLines.Loads.First(line => line.Aim == aim).Number;

        Assert.Empty(TrialOutcomes.Faults(await TrialOutcomes.OfAsync("hostile", "--file", "loads", "--line", $"{number}")));
    }

    /// <summary>The same lines each time: a seed that once failed belongs here.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Lines_that_nobody_has_written_do_no_harm(int seed) => Assert.Empty(TrialOutcomes.Faults(
        await TrialOutcomes.OfAsync("fuzz", "--count", $"{FuzzedCount}", "--seed", $"{seed}")));

    /// <summary>What the sentinels are worth: each shows when it is reached, by the same lines with nothing around them.</summary>
    [Theory]
    [InlineData("echo x > /var/tmp/{marker}")]
    [InlineData("kill -9 {pid}")]
    [InlineData("renice -n 19 -p {pid}")]
    [InlineData("curl -s -X POST {site}/post")]
    [InlineData("""python3 -c 'import socket; s=socket.socket(socket.AF_UNIX); s.connect("{socket}"); s.send(b"x")'""")]
    [InlineData("""python3 -c 'import socket; s=socket.socket(socket.AF_UNIX); s.connect("\0{abstract}"); s.send(b"x")'""")]
    [InlineData("echo x > /dev/udp/127.0.0.1/{udp}")]
    public async Task A_sentinel_shows_that_it_was_reached(string line)
    {
        using var trees = new Trials.Commands.TrialTrees();
        await using var sentinels = await Sentinels.SetUpAsync(CancellationToken.None);
        var aimed = sentinels.Aimed(line, trees.NextDesk());
        Assert.Empty(sentinels.Reached());

        await Trials.Commands.ProgramOutput.OfAsync("bash", ["-c", aimed], Path.GetTempPath(), trees.Environment, Bound.Patience);

        Assert.NotEmpty(sentinels.Reached());
    }
}
