"""asyncio: coroutines that interleave torch operations, an async generator and context manager."""

import asyncio
import contextlib

import torch


async def descend(name, rate, log):
    w = torch.tensor(1.0, requires_grad=True)
    for turn in range(3):
        (w**2).backward()
        await asyncio.sleep(0)
        with torch.no_grad():
            w -= rate * w.grad
        w.grad = None
        log.append((name, turn, round(w.item(), 6)))
    return w.item()


async def stream(count):
    for i in range(count):
        await asyncio.sleep(0)
        yield torch.tensor(float(i)) ** 2


@contextlib.asynccontextmanager
async def connection():
    print("open")
    yield "connection"
    print("close")


async def main():
    log = []
    ends = await asyncio.gather(descend("slow", 0.1, log), descend("fast", 0.4, log))
    print(log)
    print([round(end, 6) for end in ends])
    print([value.item() async for value in stream(4)])
    async with connection() as name:
        print(name)
    try:
        await asyncio.wait_for(asyncio.sleep(30), timeout=0.01)
    except TimeoutError:
        print("timed out")
    task = asyncio.create_task(descend("cancelled", 0.1, log))
    await asyncio.sleep(0)
    task.cancel()
    print(await asyncio.gather(task, return_exceptions=True))


asyncio.run(main())
