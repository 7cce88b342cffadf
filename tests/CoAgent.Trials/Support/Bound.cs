namespace CoAgent.Trials.Support;

/// <summary>The generous time after which a test says what it waited for, in place of hanging.</summary>
internal static class Bound
{
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Waits for a task; a <see cref="TimeoutException"/> names what did not come.</summary>
    public static async Task<T> WithinAsync<T>(this Task<T> task, string what, CancellationToken cancellationToken)
    {
        await ((Task)task).WithinAsync(what, cancellationToken);
        return await task;
    }

    public static async Task WithinAsync(this Task task, string what, CancellationToken cancellationToken)
    {
        try
        {
            await task.WaitAsync(Patience, TimeProvider.System, cancellationToken);
        }
        catch (TimeoutException error) when (!task.IsCompleted)
        {
            throw new TimeoutException($"Waited {Patience.TotalSeconds} seconds for {what}.", error);
        }
    }
}
