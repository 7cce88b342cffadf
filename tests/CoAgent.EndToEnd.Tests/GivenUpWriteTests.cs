using System.Diagnostics;
using System.Text.Json;
using CoAgent.EndToEnd.Tests.Support;

namespace CoAgent.EndToEnd.Tests;

/// <summary>Writes that their clients give up while a server makes them.</summary>
public sealed class GivenUpWriteTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_write_that_can_be_taken_back_is_waited_for_although_its_client_no_longer_waits(bool isKilled)
    {
        await using var workspace = MakerServer.Workspace();
        Directory.CreateDirectory(workspace.PathOf("tools-catalog/maker"));
        workspace.Write("tools-catalog/maker/put.yaml", MakerServer.PutManifest);
        Assert.Equal(0, (await workspace.RunAsync(["catalog", "approve", "maker/put", "--from-server", "maker"], None)).ExitCode);
        var file = workspace.Write("a.txt", "before");
        await using var daemon = await workspace.ServeAsync(None);
        await using var client = workspace.Connect("--agent", "me");
        await client.InitializeAsync(None);

        await using (var held = await HoldAsync(file + ".hold", () => client.SendRawAsync(Call(file), None)))
        {
            if (isKilled)
            {
                Process.GetProcessById(client.Process.Id).Kill();
            }
            else
            {
                await client.NotifyAsync("notifications/cancelled", """{"requestId":"mine"}""", None);
            }

            await workspace.WaitForStatusAsync(
                status => status.GetProperty("sessions").EnumerateArray().All(static session => session.GetProperty("openRequests").GetInt32() == 0),
                "the end of the client's request",
                None);
            Assert.Equal("before", await File.ReadAllTextAsync(file));
        }

        // Another agent's write to the same file comes after it, whenever that ends.
        var other = await workspace.RunAsync(["call", "maker", "put", JsonSerializer.Serialize(new { path = file, content = "after" }), "--agent", "other"], None);
        Assert.Equal((0, ""), (other.ExitCode, other.Error));
        Assert.Equal("after", await File.ReadAllTextAsync(file));
        var explained = (await workspace.RunAsync(["explain", "c1"], None)).Output;
        Assert.Contains("c1 executed", explained, StringComparison.Ordinal);
        Assert.DoesNotContain("taken back", explained, StringComparison.Ordinal);
        Assert.Empty((await workspace.StatusAsync(None)).GetProperty("quarantines").EnumerateArray());
    }

    private static string Call(string file) =>
        $$$"""{"jsonrpc":"2.0","id":"mine","method":"tools/call","params":{"name":"put","arguments":{{{JsonSerializer.Serialize(new { path = file, content = "made" })}}}}}""";

    /// <summary>A pipe that the server reads before it writes: open when it has come to it, and read to its end when this is closed.</summary>
    private static async Task<FileStream> HoldAsync(string pipe, Func<Task> begin)
    {
        using var make = Process.Start("mkfifo", [pipe]);
        await make.WaitForExitAsync(None);
        await begin();
        var held = await Task.Run(() => new FileStream(pipe, FileMode.Open, FileAccess.Write, FileShare.ReadWrite));
        File.Delete(pipe);
        return held;
    }
}
