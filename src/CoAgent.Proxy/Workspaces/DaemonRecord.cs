using System.Text.Json;
using System.Text.Json.Serialization;
using CoAgent.Proxy.Processes;

namespace CoAgent.Proxy.Workspaces;

/// <summary>What a running daemon leaves in its workspace for clients to find it.</summary>
/// <remarks>The stamp tells this process from a later one with the same id.</remarks>
internal sealed record DaemonRecord(
    Uri Url, int Pid, string Stamp, string TokenFile, string Socket, string Version, DateTimeOffset StartedAt)
{
    private const int FileBytesMax = 64 * 1024;

    /// <summary>The record of this very process.</summary>
    public static DaemonRecord OfThisProcess(
        Uri url, WorkspaceFolder workspace, string socket, string version, TimeProvider time)
    {
        var stamp = ProcessStamp.Of(Environment.ProcessId)
            ?? throw new InvalidOperationException("this process is running");
        return new DaemonRecord(
            url, Environment.ProcessId, stamp.Value, workspace.TokenFile, socket, version, time.GetUtcNow());
    }

    public static DaemonRecordReading Read(WorkspaceFolder workspace)
    {
        try
        {
            using var stream = File.OpenRead(workspace.RecordFile);
            if (stream.Length > FileBytesMax)
            {
                return new DaemonRecordReading.Unreadable("it is too long");
            }

            return JsonSerializer.Deserialize(stream, DaemonRecordJson.Default.DaemonRecord) is { } record
                ? new DaemonRecordReading.Found(record)
                : new DaemonRecordReading.Unreadable("it is empty");
        }
        catch (Exception absent) when (absent is FileNotFoundException or DirectoryNotFoundException)
        {
            return new DaemonRecordReading.Absent();
        }
        catch (Exception broken) when (broken is JsonException or IOException or UnauthorizedAccessException)
        {
            return new DaemonRecordReading.Unreadable(broken.Message);
        }
    }

    /// <summary>
    /// Writes the record; only under the daemon's lock, and only when the daemon already accepts connections.
    /// </summary>
    public void Write(WorkspaceFolder workspace) =>
        OwnerOnly.Replace(
            workspace.RecordFile, JsonSerializer.SerializeToUtf8Bytes(this, DaemonRecordJson.Default.DaemonRecord));

    /// <summary>Removes the record when it is still this one.</summary>
    public void Remove(WorkspaceFolder workspace)
    {
        if (Read(workspace) is DaemonRecordReading.Found { Record: var record }
            && record.Pid == Pid && record.Stamp == Stamp)
        {
            File.Delete(workspace.RecordFile);
        }
    }

    /// <summary>Whether the recorded process is still running.</summary>
    public bool IsRunning() => Pid > 1 && ProcessStamp.Of(Pid)?.Value == Stamp;
}

/// <summary>What reading the record came to.</summary>
internal abstract record DaemonRecordReading
{
    private DaemonRecordReading()
    {
    }

    public sealed record Found(DaemonRecord Record) : DaemonRecordReading;

    public sealed record Absent : DaemonRecordReading;

    public sealed record Unreadable(string Reason) : DaemonRecordReading;
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(DaemonRecord))]
internal sealed partial class DaemonRecordJson : JsonSerializerContext;
