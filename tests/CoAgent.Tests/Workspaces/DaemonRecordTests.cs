using System.Runtime.Versioning;
using CoAgent.Proxy.Workspaces;

namespace CoAgent.Tests.Workspaces;

[SupportedOSPlatform("linux")]
public sealed class DaemonRecordTests : IDisposable
{
    private readonly TemporaryWorkspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public void What_is_written_is_read_and_for_the_owner_only()
    {
        var record = OfThisProcess();
        record.Write(_workspace.Folder);

        Assert.Equal(record, Assert.IsType<DaemonRecordReading.Found>(DaemonRecord.Read(_workspace.Folder)).Record);
        Assert.Equal((UnixFileMode)0b110_000_000, File.GetUnixFileMode(_workspace.Folder.RecordFile));
        Assert.True(record.IsRunning());
    }

    [Fact]
    public void Writing_leaves_no_draft_behind()
    {
        OfThisProcess().Write(_workspace.Folder);
        OfThisProcess().Write(_workspace.Folder);

        var files = Directory.EnumerateFiles(_workspace.Folder.StateDirectory).Select(Path.GetFileName);
        Assert.Equal([".gitignore", "daemon.json"], files.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void No_record_is_absent() =>
        Assert.IsType<DaemonRecordReading.Absent>(DaemonRecord.Read(_workspace.Folder));

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{"url":"http://127.0.0.1:1/"}""")]
    [InlineData(
        """
        {"url":null,"pid":2,"stamp":"s","tokenFile":"t","socket":"s","version":"v","startedAt":"2026-01-01T00:00:00Z"}
        """)]
    public void A_broken_record_is_unreadable_and_says_why(string text)
    {
        File.WriteAllText(_workspace.Folder.RecordFile, text);

        Assert.NotEmpty(Assert.IsType<DaemonRecordReading.Unreadable>(DaemonRecord.Read(_workspace.Folder)).Reason);
    }

    [Fact]
    public void A_record_of_another_process_with_this_id_is_not_running() =>
        Assert.False(TemporaryWorkspace.Record(_workspace.Folder, Environment.ProcessId, "earlier").IsRunning());

    [Fact]
    public void A_daemon_removes_its_own_record_only()
    {
        var mine = OfThisProcess();
        TemporaryWorkspace.Record(_workspace.Folder, Environment.ProcessId, "another").Write(_workspace.Folder);

        mine.Remove(_workspace.Folder);
        Assert.IsType<DaemonRecordReading.Found>(DaemonRecord.Read(_workspace.Folder));

        mine.Write(_workspace.Folder);
        mine.Remove(_workspace.Folder);
        Assert.IsType<DaemonRecordReading.Absent>(DaemonRecord.Read(_workspace.Folder));
    }

    private DaemonRecord OfThisProcess() =>
        DaemonRecord.OfThisProcess(
            new Uri("http://127.0.0.1:8123/mcp"), _workspace.Folder, DaemonSocket.PathFor(_workspace.Folder), "1.2.3",
            TimeProvider.System);
}
