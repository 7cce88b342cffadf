using CoAgent.Trials.Drills;
using CoAgent.Trials.Plays;

namespace CoAgent.EndToEnd.Tests.Drills;

/// <summary>Daemon, bridges and file server are killed under load; afterwards what is there is what the agents were told.</summary>
public sealed class KillDrillTests
{
    [Theory]
    [InlineData(StageServer.Workspace, 1)]
    [InlineData(StageServer.Workspace, 2)]
    [InlineData(StageServer.Filesystem, 3)]
    [InlineData(StageServer.Filesystem, 4)]
    public async Task What_was_told_is_there_once_and_the_journal_verifies(StageServer server, int seed)
    {
        var drill = new KillDrill(server, await NpmFolder.OpenAsync(), seed);

        Assert.Null(await drill.FailureAsync(CancellationToken.None));
        Assert.NotEmpty(drill.Killed);
    }
}
