using CoAgent.Proxy.Workspaces;

namespace CoAgent.Tests.Workspaces;

public sealed class DaemonLogTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("coagent-");

    private string Log => Path.Combine(_directory.FullName, "daemon.log");

    public void Dispose() => _directory.Delete(recursive: true);

    [Theory]
    [InlineData(DaemonLog.BytesMax, false)]
    [InlineData(DaemonLog.BytesMax + 1, true)]
    public void A_log_is_put_aside_from_the_first_byte_too_many(long length, bool isPutAside)
    {
        File.WriteAllText(Log + ".1", "older");
        using (var stream = File.Create(Log))
        {
            stream.SetLength(length);
        }

        DaemonLog.Rotate(Log);

        Assert.Equal(!isPutAside, File.Exists(Log));
        Assert.Equal(isPutAside ? length : "older".Length, new FileInfo(Log + ".1").Length);
    }

    [Fact]
    public void A_log_that_is_not_there_yet_has_no_lines_and_is_not_put_aside()
    {
        DaemonLog.Rotate(Log);

        Assert.Equal(0, DaemonLog.End(Log));
        Assert.Empty(DaemonLog.LastLines(Log, 0));
    }

    [Fact]
    public void The_last_lines_are_those_of_this_start_only()
    {
        File.WriteAllText(Log, "of an earlier daemon\n");
        var end = DaemonLog.End(Log);
        File.AppendAllLines(Log, Enumerable.Range(1, 25).Select(number => $"line {number}"));

        Assert.Equal(Enumerable.Range(6, 20).Select(number => $"line {number}"), DaemonLog.LastLines(Log, end));
    }
}
