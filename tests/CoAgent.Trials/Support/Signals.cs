namespace CoAgent.Trials.Support;

/// <summary>Sends signals to processes, by their id.</summary>
internal static class Signals
{
    /// <summary>Sends a signal by its name without SIG; nothing where the process is gone already.</summary>
    public static async Task SendAsync(string signal, int processId)
    {
        await using var kill = TestProcess.Start("kill", [$"-{signal}", $"{processId}"]);
        _ = await kill.WaitForExitAsync(CancellationToken.None);
    }
}
